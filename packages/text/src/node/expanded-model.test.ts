import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnnx } from '@cpc/compile';
import { flatten } from '@cpc/core';
import type { ProbeResult } from '@cpc/records';
import { decodeSafetensors, type ProbeRequest, readRunRecord } from '@cpc/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportText } from './commands.js';
import { embedText } from './embed.js';
import type { WordVectorsRequest } from './expanded-model.js';
import { loadTextModel } from './model-file.js';
import { textNeighbours } from './neighbours.js';
import { probeText } from './probing/probe.js';
import { trainText } from './train.js';

let folder: string;
let run: string;
let wordVectors: string;
/** Words that no story holds, each with the vector of one that does. */
const likeness = { zboat: 'boat', zcake: 'cake' };
const engine = { name: 'onnx', threads: 2 } as const;
const always = { stopRequested: () => false };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-text-expanded-'));
  run = join(folder, 'run');
  wordVectors = join(folder, 'vectors.txt');
  const set = (value: number) => ({ value, source: 'set' }) as const;
  const overrides = {
    embeddingSize: set(8),
    channels: set(24),
    contextUnits: set(8),
    batchSize: set(8),
    negativeCount: set(48),
  };
  const asked = { data: 'builtin', preset: 'small', steps: 1, seed: 2, engine, resume: false, strict: false };
  await events(trainText({ ...asked, overrides, out: run, command: 'test' }, always));
  await writeFile(wordVectors, await vectorsOfAnotherOrigin());
});
afterAll(() => rm(folder, { recursive: true }));

async function events<Event>(generator: AsyncGenerator<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of generator) seen.push(event);
  return seen;
}

/** The learned ones turned round, doubled and moved: a linear map with intercept leads back. */
async function vectorsOfAnotherOrigin(): Promise<string> {
  const { vocabulary, parameters } = await loadTextModel(run);
  const table = flatten(parameters)['encoder/words/table']?.data ?? [];
  const vectorOf = (word: string) => {
    const first = 8 * vocabulary.idOf(word);
    return Array.from({ length: 8 }, (_, entry) => 2 * Number(table[first + 7 - entry]) + 1);
  };
  const words = [...vocabulary.words.slice(1).map((word) => [word, word]), ...Object.entries(likeness)];
  return words.map(([word = '', like = '']) => [word, ...vectorOf(like)].join(' ')).join('\n');
}

async function embed(change: { wordVectors?: string }): Promise<number[][]> {
  const data = join(folder, 'lines.txt');
  await writeFile(data, 'There was a boat beside it.\nThere was a zboat beside it.');
  const out = join(folder, 'out.safetensors');
  await events(embedText({ run, data, out, pooled: false, engine, strict: false, ...change }, always));
  const values = Array.from(decodeSafetensors(await readFile(out), out).tensors.latents?.data ?? [], Number);
  return [values.slice(0, 24), values.slice(24)];
}

async function probe(change: Partial<ProbeRequest & WordVectorsRequest>): Promise<ProbeResult[]> {
  const lines = Array.from({ length: 40 }, (_, at) => `${at % 2} the ${at % 2 === 1 ? 'zboat' : 'zcake'} it was`);
  await writeFile(join(folder, 'MR.all'), lines.join('\n'));
  const request = { run, data: folder, task: 'mr', baselines: [], seed: 1, engine, strict: false, ...change };
  const seen = await events(probeText(request, always));
  return seen.flatMap((event) => (event.type === 'probe-end' ? [event.result] : []));
}

describe('word vectors made elsewhere', () => {
  it('give a word that training never saw the sentence vector of the word that it is like, to 1e-4', async () => {
    const [known = [], unknown = []] = await embed({});
    const [boat = [], zboat = []] = await embed({ wordVectors });
    expect(boat).toEqual(known); // learned vectors stay
    expect(Math.max(...known.map((value, entry) => Math.abs(value - (unknown[entry] ?? 0))))).toBeGreaterThan(1e-2);
    for (const [entry, value] of boat.entries()) expect(zboat[entry]).toBeCloseTo(value, 4);
  });

  it('let a probe tell classes by such words, which without them it cannot; results of both stay in the record', async () => {
    const [without] = await probe({});
    expect(without?.accuracy).toBeLessThan(0.7);
    const [trained, vectors, tfidf] = await probe({ wordVectors, baselines: ['word-vectors', 'tfidf'] });
    expect([trained?.accuracy, vectors?.accuracy]).toEqual([1, 1]);
    const { vocabulary } = await loadTextModel(run);
    const addedWords = { file: wordVectors, shared: vocabulary.words.length - 1, added: 2 };
    expect(trained?.addedWords).toEqual(addedWords);
    expect(tfidf?.addedWords).toBeUndefined();
    const { probes } = await readRunRecord(run);
    expect(probes.filter(({ baseline }) => baseline === undefined)).toHaveLength(2);
  });

  it('are needed for the baseline of their means, which is said before anything is computed, and must share words with the run', async () => {
    await expect(probe({ baselines: ['word-vectors'] })).rejects.toThrow(/--word-vectors FILE with the baseline/);
    const request = { run, data: folder, task: 'mr', baselines: ['word-vectors'], seed: 1, engine, strict: false };
    await expect(probeText(request, always).next()).rejects.toThrow(/--word-vectors FILE/);
    const few = join(folder, 'few.txt');
    await writeFile(few, 'boat 1 2\ncake 2 1\n');
    await expect(probe({ wordVectors: few })).rejects.toThrow(/more than 2 words that the vocabulary .* received 2 of/);
  });

  it('widen an exported vocabulary, and find neighbours', async () => {
    const out = join(folder, 'text.onnx');
    await events(exportText({ run, out, wordVectors }));
    const words: string[] = JSON.parse(readOnnx(await readFile(out)).metadata.vocabulary ?? '[]');
    expect(words.slice(-2)).toEqual(['zboat', 'zcake']);
    const data = join(folder, 'text.txt');
    await writeFile(data, 'There was a cake. There was a boat.\n');
    const request = { run, data, query: 'There was a zboat.', count: 1, wordVectors, engine, strict: false };
    const found = await events(textNeighbours(request, always));
    expect(found.at(-1)).toMatchObject({ type: 'match-found', label: 'There was a boat.' });
  });
});
