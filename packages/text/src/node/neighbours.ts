/** `cpc text neighbours`: the sentences of some text that are most like another. */
import { CpcError, skippedInWords } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { type Control, reportWarnings, type SearchRequest, type TaskEvent } from '@cpc/runs';
import type { SkippedText } from '../data/sentence-corpus.js';
import { splitWords } from '../data/words.js';
import { nearestVectors } from '../neighbours.js';
import { createSentenceEncoder } from '../sentence-encoder.js';
import { builtInStories } from '../synthesis/stories.js';
import { readSentences } from './data/prepare-corpus.js';
import { type WordVectorsRequest, withWordVectors } from './expanded-model.js';
import { loadTextModel } from './model-file.js';
import { builtInData } from './open-text.js';

/** Sentences that are encoded between two reports of progress. */
const block = 2048;

/** Every sentence once, however often it stands there; the query itself is none of its neighbours. */
export async function* textNeighbours(
  { run, data, query, count, wordVectors, engine, strict }: SearchRequest & WordVectorsRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  requireWord(query);
  const asked = spellingOf(query);
  const found = await differentSentences(data, strict);
  for (const message of skippedInWords(found.skipped)) yield { type: 'warning', message };
  const sentences = found.sentences.filter((sentence) => spellingOf(sentence) !== asked);
  const model = yield* reportWarnings(
    await withWordVectors(await loadTextModel(run), wordVectors, { texts: [query, ...sentences] }),
  );
  const encoder = createSentenceEncoder({
    ...model,
    engine: await createEngine(engine),
  });
  try {
    const { data: vector } = await encoder.encode([query]);
    let best: { readonly label: string; readonly similarity: number }[] = [];
    for (let first = 0; first < sentences.length; first += block) {
      if (control.stopRequested()) return;
      const part = sentences.slice(first, first + block);
      const found = nearestVectors(await encoder.encode(part), vector, count);
      const labelled = found.map(({ row, similarity }) => ({ label: part[row] ?? '', similarity }));
      best = [...best, ...labelled].sort((left, right) => right.similarity - left.similarity).slice(0, count);
      yield { type: 'progress', label: 'sentences', done: first + part.length, total: sentences.length };
    }
    for (const neighbour of best) yield { type: 'match-found', ...neighbour };
  } finally {
    await encoder.dispose();
  }
}

/** What the encoder reads of a sentence: those that are spelt alike are the same to it. */
function spellingOf(sentence: string): string {
  return splitWords(sentence).join(' ');
}

function requireWord(query: string): void {
  if (splitWords(query).length > 0) return;
  throw new CpcError({ where: 'neighbours', expected: 'a query with at least one word', received: `"${query}"` });
}

interface DifferentSentences {
  readonly sentences: readonly string[];
  readonly skipped: readonly SkippedText[];
}

async function differentSentences(data: string, strict: boolean): Promise<DifferentSentences> {
  if (data === builtInData) return { sentences: [...new Set(builtInStories().flat())], skipped: [] };
  const sentences = new Set<string>();
  const skipped: SkippedText[] = [];
  const onSkipped = (file: SkippedText) => skipped.push(file);
  for await (const sentence of readSentences(data, { strict, onSkipped })) sentences.add(sentence);
  return { sentences: [...sentences], skipped };
}
