/** `cpc text neighbours`: the sentences of some text that are most like another. */
import { CpcError, unflatten } from '@cpc/core';
import { type Control, createEngine, type NeighboursRequest, type TaskEvent } from '@cpc/core/node';
import { nearestVectors } from '../neighbours.js';
import { createSentenceEncoder, type SentenceEncoder } from '../sentence-encoder.js';
import { builtInStories } from '../synthesis/stories.js';
import { readSentences } from './data/prepare-corpus.js';
import { loadTextModel } from './model-file.js';
import { builtInData } from './open-text.js';

/** Sentences that are encoded between two reports of progress. */
const block = 2048;

/** Every sentence once, however often it stands there; the query itself is none of its neighbours. */
export async function* textNeighbours(
  { run, data, query, count, engine, strict }: NeighboursRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const model = await loadTextModel(run);
  const encoder = createSentenceEncoder({
    ...{ ...model, parameters: unflatten(model.parameters) },
    engine: await createEngine(engine),
  });
  try {
    const asked = await queryVector(encoder, query);
    const sentences = (await differentSentences(data, strict)).filter((sentence) => sentence !== query);
    let best: { readonly label: string; readonly similarity: number }[] = [];
    for (let first = 0; first < sentences.length; first += block) {
      if (control.stopRequested()) return;
      const part = sentences.slice(first, first + block);
      const found = nearestVectors(await encoder.encode(part), asked, count);
      const labelled = found.map(({ row, similarity }) => ({ label: part[row] ?? '', similarity }));
      best = [...best, ...labelled].sort((left, right) => right.similarity - left.similarity).slice(0, count);
      yield { type: 'progress', label: 'sentences', done: first + part.length, total: sentences.length };
    }
    for (const neighbour of best) yield { type: 'neighbour-found', ...neighbour };
  } finally {
    await encoder.dispose();
  }
}

async function queryVector(encoder: SentenceEncoder, query: string): Promise<Float32Array> {
  const { data } = await encoder.encode([query]);
  if (data.some((value) => value !== 0)) return data;
  throw new CpcError({ where: 'neighbours', expected: 'a query with at least one word', received: `"${query}"` });
}

async function differentSentences(data: string, strict: boolean): Promise<string[]> {
  if (data === builtInData) return [...new Set(builtInStories().flat())];
  const sentences = new Set<string>();
  for await (const sentence of readSentences(data, { strict })) sentences.add(sentence);
  return [...sentences];
}
