import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOnnx, readOnnx } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { flatten } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import type { ProbeResult } from '@cpc/records';
import { encodeSafetensors, type ProbeRequest, readRunRecord, runPaths, type TrainRequest } from '@cpc/runs';
import { itChecksModels, withoutChecksum } from '@cpc/testing';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { padSentences } from '../data/padded-sentences.js';
import { splitWords } from '../data/words.js';
import { createSentenceEncoder } from '../sentence-encoder.js';
import { exportText } from './commands.js';
import { embedText } from './embed.js';
import type { WordVectorsRequest } from './expanded-model.js';
import { loadTextModel, textModels } from './model-file.js';
import { textNeighbours } from './neighbours.js';
import { probeText } from './probing/probe.js';
import { trainText } from './train.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-text-commands-'));
  await events(trainText(trainRequest('run'), always));
});
afterAll(() => rm(folder, { recursive: true }));

const engine = { name: 'onnx', threads: 2 } as const;
const set = (value: number) => ({ value, source: 'set' }) as const;
const always = { stopRequested: () => false };

function trainRequest(out: string, change: Partial<TrainRequest> = {}): TrainRequest {
  return {
    ...{ data: 'builtin', preset: 'small', steps: 300, seed: 2, engine, resume: false, strict: false, command: 'test' },
    overrides: {
      embeddingSize: set(16),
      channels: set(32),
      contextUnits: set(24),
      maxWords: set(12),
      batchSize: set(32),
      negativeCount: set(128),
      wordScale: set(1),
      wordRateFactor: set(1),
      learningRate: set(3e-3),
    },
    out: join(folder, out),
    ...change,
  };
}

function probeRequest(change: Partial<ProbeRequest & WordVectorsRequest> = {}): ProbeRequest {
  const asked = { data: 'builtin', task: 'subject', baselines: [], seed: 1, engine, strict: false };
  return { run: join(folder, 'run'), ...asked, ...change };
}

async function events<Event>(generator: AsyncGenerator<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of generator) seen.push(event);
  return seen;
}

async function probe(change: Partial<ProbeRequest & WordVectorsRequest> = {}): Promise<ProbeResult[]> {
  const seen = await events(probeText(probeRequest(change), always));
  return seen.flatMap((event) => (event.type === 'probe-end' ? [event.result] : []));
}

describe('text train', () => {
  it('leaves a record that tells 600 stories of 20 sentences, and a model with its vocabulary', async () => {
    const { data, status, totals } = await readRunRecord(join(folder, 'run'));
    expect([status, totals.steps]).toEqual(['completed', 300]);
    expect(data.counts).toMatchObject({ documents: 600, sentences: 12_000 });
    const { vocabulary, settings, parameters } = await loadTextModel(join(folder, 'run'));
    expect(vocabulary.idOf('harvest')).toBeGreaterThan(0);
    expect(settings.vocabularySize).toBe(vocabulary.words.length);
    expect(flatten(parameters)['encoder/words/table']?.shape).toEqual([vocabulary.words.length, 16]);
  });

  it('trains on a folder of text, goes on where it stopped, and ends with the same bytes as in one go', async () => {
    const books = join(folder, 'book.txt');
    await writeFile(
      books,
      Array.from({ length: 90 }, (_, at) => `It rained ${at % 7} times. Nobody came on day ${at % 5}.`).join('\n'),
    );
    const small = {
      data: books,
      steps: 4,
      overrides: { ...trainRequest('x').overrides, batchSize: set(4), negativeCount: set(8) },
    };
    await events(trainText(trainRequest('whole', small), always));
    await events(trainText(trainRequest('halves', { ...small, steps: 2 }), always));
    await events(trainText(trainRequest('halves', { ...small, resume: true }), always));
    const [whole, halves] = await Promise.all(
      ['whole', 'halves'].map((run) => readFile(runPaths(join(folder, run)).model)),
    );
    expect(halves?.equals(whole ?? Buffer.of())).toBe(true);
  });

  it('names the file that it left out, in a warning and in the record', async () => {
    const path = join(folder, 'mixed');
    await mkdir(path);
    await writeFile(
      join(path, 'good.txt'),
      Array.from({ length: 30 }, (_, at) => `It rained ${at} times. It did.`).join('\n'),
    );
    await writeFile(join(path, 'bad.txt'), Uint8Array.of(0x41, 0xe9, 0x0a));
    const overrides = { ...trainRequest('x').overrides, batchSize: set(2), negativeCount: set(4) };
    const seen = await events(trainText(trainRequest('left-out', { data: path, steps: 1, overrides }), always));
    expect(seen).toContainEqual({ type: 'warning', message: expect.stringMatching(/^skipped bad\.txt: not UTF-8/) });
    expect((await readRunRecord(join(folder, 'left-out'))).data.skipped).toHaveLength(1);
  });

  it('refuses neither steps nor minutes, and an unknown setting before any text is read', async () => {
    const { steps: _, ...endless } = trainRequest('endless');
    await expect(events(trainText(endless, always))).rejects.toThrow(/steps, epochs or minutes/);
    const wrong = trainRequest('wrong', { data: 'nowhere', overrides: { kernelWords: set(2) } });
    await expect(events(trainText(wrong, always))).rejects.toThrow(/kernelWords: expected an odd number/);
  });
});

describe('text probe', () => {
  it('tells subjects by words whose labels were never shown: above 40 %, where random, words and TF-IDF stay behind', async () => {
    const results = await probe({ baselines: ['random', 'words', 'tfidf'] });
    expect(results.map(({ baseline }) => baseline)).toEqual([undefined, 'random', 'words', 'tfidf']);
    const [trained, ...others] = results;
    expect(trained).toMatchObject({
      task: 'subject',
      representation: 'latent',
      classes: 8,
      counts: { train: 480, test: 480 },
    });
    expect(trained?.accuracy).toBeGreaterThan(0.4);
    for (const { accuracy, trainedLead } of others) {
      expect(accuracy).toBeLessThan(trained?.accuracy ?? 0);
      expect(trainedLead?.[0]?.difference).toBeCloseTo((trained?.accuracy ?? 0) - accuracy, 10);
      expect(trainedLead?.[0]?.confidence.low).toBeGreaterThan(0);
    }
    expect((await readRunRecord(join(folder, 'run'))).probes).toHaveLength(4);
  });

  it('scores MR by 10 folds, senteval’s here: words that decide are found in all of 40 sentences', async () => {
    const data = join(folder, 'tasks');
    await mkdir(data, { recursive: true });
    const lines = Array.from(
      { length: 40 },
      (_, at) => `${at % 2} ${at % 2 === 1 ? 'the boat and the sail' : 'the cake and the oven'} ${at}`,
    );
    await writeFile(join(data, 'MR.all'), lines.join('\n'));
    const classifier = 'senteval';
    const [trained, tfidf] = await probe({ data, task: 'mr', baselines: ['tfidf'], classifier });
    expect(trained).toMatchObject({ folds: 10, classifier, counts: { train: 36, test: 40 }, accuracy: 1 });
    expect(trained?.inverseRegularisation).toHaveLength(10);
    expect(trained?.split).toMatch(new RegExp(`^${classifier}: 10 folds`));
    expect(tfidf?.accuracy).toBe(1);
  });

  it('says that 1 of 2 classes has a single sentence, which some fold asks about without training', async () => {
    const data = join(folder, 'lopsided');
    await mkdir(data, { recursive: true });
    const lines = Array.from({ length: 40 }, (_, at) => `${at === 7 ? 1 : 0} the boat ${at}`);
    await writeFile(join(data, 'MR.all'), lines.join('\n'));
    const request = { run: join(folder, 'run'), data, task: 'mr', baselines: [], seed: 1, engine, strict: false };
    const seen: unknown[] = [];
    const asked = probeText({ ...request, classifier: 'senteval' }, always);
    await (async () => {
      for await (const event of asked) seen.push(event);
    })().catch(() => undefined); // a fold may be refused later for having 1 class
    expect(seen).toContainEqual({
      type: 'warning',
      message: '1 of 2 classes has no training example in some fold, so every answer about such a class is wrong: 1',
    });
  });

  it('refuses a baseline, a protocol and a representation that it does not have', async () => {
    await expect(probe({ baselines: ['mfcc'] })).rejects.toThrow(/random, words, tfidf, word-vectors, received "mfcc"/);
    await expect(probe({ classifier: 'mlp' })).rejects.toThrow(/skip-thought, senteval, received "mlp"/);
    await expect(probe({ representations: ['context'] })).rejects.toThrow(/sentences of these tasks have no context/);
  });
});

describe('text embed and export', () => {
  const sentences = [
    'There was a boat beside the harbour.',
    '',
    'Nobody had seen such a cake before, said the old captain of the ship.',
  ];
  const vectors = async () => {
    const model = await loadTextModel(join(folder, 'run'));
    const encoder = createSentenceEncoder({
      ...model,
      engine: await createEngine(engine),
    });
    const encoded = await encoder.encode(sentences);
    await encoder.dispose();
    return { ...model, encoded };
  };

  it('writes a row for every line, as the encoder gives it, to npy and safetensors', async () => {
    const data = join(folder, 'lines.txt');
    await writeFile(data, sentences.join('\n'));
    const { encoded } = await vectors();
    for (const ending of ['npy', 'safetensors']) {
      const out = join(folder, `vectors.${ending}`);
      const request = {
        run: join(folder, 'run'),
        data,
        out,
        representation: 'latent',
        pooled: false,
        engine,
        strict: false,
      } as const;
      const written = await events(embedText(request, always));
      expect(written.at(-1)).toEqual({ type: 'file-written', path: out, description: 'float32 [3, 32]' });
      const bytes = await readFile(out);
      const values = new Uint8Array(bytes.subarray(bytes.length - 3 * 32 * 4));
      expect(new Float32Array(values.buffer)).toEqual(encoded.data);
    }
  });

  it('writes number, words and vector of 3 lines to parquet', async () => {
    const data = join(folder, 'rows.txt');
    await writeFile(data, sentences.join('\n'));
    const { encoded } = await vectors();
    const out = join(folder, 'vectors.parquet');
    await events(embedText({ run: join(folder, 'run'), data, out, pooled: false, engine, strict: false }, always));
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
    expect(rows.map(({ line, text }) => [line, text])).toEqual(sentences.map((text, index) => [index + 1, text]));
    expect(rows.flatMap(({ features }): number[] => features)).toEqual([...encoded.data]);
  });

  it('writes as many rows as index entries of 7 odd lines, one of which is cut off, which a warning tells', async () => {
    const lines = ['one\rtwo', 'form\ffeed', 'line\u2028separator', 'it rained '.repeat(15_000), '', 'mark', 'unended'];
    const data = join(folder, 'odd.txt');
    await writeFile(data, `\uFEFF${lines.join('\r\n')}`);
    const out = join(folder, 'odd.parquet');
    const request = { run: join(folder, 'run'), data, out, pooled: false, engine, strict: false };
    const told = await events(embedText(request, always));
    expect(told).toContainEqual({
      type: 'warning',
      message: `${data}: 1 of the lines has more than 100000 characters, of which only these are embedded: line 4`,
    });
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
    expect(rows.map(({ line, text }) => [line, text])).toEqual(
      lines.map((text, index) => [index + 1, text.slice(0, 100_000)]),
    );
    const npy = join(folder, 'odd.npy');
    await events(embedText({ ...request, out: npy }, always));
    expect((await readFile(npy)).subarray(0, 128).toString('latin1')).toContain("'shape': (7, 32)");
  });

  it('exports a file that agrees with the encoder to 1e-5 for 1 and 3 sentences of other lengths, with its vocabulary', async () => {
    const out = join(folder, 'text.onnx');
    await events(exportText({ run: join(folder, 'run'), out }));
    const bytes = await readFile(out);
    const { encoded, vocabulary, settings } = await vectors();
    const { metadata } = readOnnx(bytes);
    expect(JSON.parse(metadata.vocabulary ?? '')).toEqual(vocabulary.words);
    expect(metadata.maxWords).toBe('12');
    const session = await loadOnnx(bytes, { runtime: await nodeRuntime({ threads: 1 }) });
    for (const [rows, length] of [
      [[0], 8],
      [[0, 2, 0], 12],
    ] as const) {
      const numbers = rows.map((row) => Int32Array.from(splitWords(sentences[row] ?? ''), vocabulary.idOf));
      const { words, mask } = padSentences(numbers, length);
      const shape = [rows.length, length];
      const { latents } = await session.run({ words: { shape, data: words }, mask: { shape, data: mask } });
      for (const [place, row] of rows.entries())
        for (let entry = 0; entry < settings.channels; entry++)
          expect(latents?.data[place * settings.channels + entry]).toBeCloseTo(
            Number(encoded.data[row * settings.channels + entry]),
            5,
          );
    }
    await session.dispose();
  });
});

describe('text neighbours', () => {
  const neighbours = async (change: { query: string; data?: string; count?: number }) => {
    const request = { run: join(folder, 'run'), data: 'builtin', count: 4, engine, strict: false, ...change };
    const seen = await events(textNeighbours(request, always));
    return seen.filter((event) => event.type === 'match-found');
  };

  it('are 4 other sentences of the stories, the most similar first, about the query’s subject', async () => {
    const found = await neighbours({ query: 'There was a boat beside the harbour.' });
    expect(found).toHaveLength(4);
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((left, right) => right - left));
    expect(similarities[0]).toBeLessThan(1);
    const sea = /boat|sail|wave|harbour|anchor|fish|tide|captain|net|rudder|gull|deck/;
    expect(found.filter(({ label }) => sea.test(label)).length).toBeGreaterThanOrEqual(3);
  });

  it('of a file are its sentences, each once; a query without a word is refused', async () => {
    const data = join(folder, 'few.txt');
    await writeFile(data, 'The cow was old. There was a boat. The cow was old.\n');
    const found = await neighbours({ query: 'There was a boat.', data });
    expect(found.map(({ label }) => label)).toEqual(['The cow was old.']);
    await expect(neighbours({ query: ' ' })).rejects.toThrow(/a query with at least one word, received " "/);
  });

  it('of a folder are sentences of its 1 text; the 1 binary file and the 1 PDF are named as skipped', async () => {
    const data = join(folder, 'with-binary');
    await mkdir(data);
    await writeFile(join(data, 'a.txt'), 'The cow was old. There was a boat.\n');
    await writeFile(join(data, 'b.txt'), 'a\0b');
    await writeFile(join(data, 'c.pdf'), '%PDF');
    const request = { run: join(folder, 'run'), data, count: 4, engine, strict: false, query: 'There was a boat.' };
    const seen = await events(textNeighbours(request, always));
    expect(seen.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual([
      'skipped c.pdf: .pdf files are not read',
      'skipped b.txt: binary, not text: byte 1 is 0',
    ]);
  });
});

describe('decodeTextModel', () => {
  it('refuses a table of another length than the vocabulary, a vocabulary that is no list, and a model of sound', async () => {
    const bytes = await readFile(runPaths(join(folder, 'run')).model);
    const { tensors, metadata } = withoutChecksum(bytes, 'model');
    const changed = (change: Record<string, string>) => encodeSafetensors(tensors, { ...metadata, ...change });
    const shorter = JSON.stringify(JSON.parse(metadata.vocabulary ?? '[]').slice(0, -1));
    expect(() => textModels.decode(changed({ vocabulary: shorter }), 'm')).toThrow(/encoder\/words\/table of shape/);
    expect(() => textModels.decode(changed({ vocabulary: '{}' }), 'm')).toThrow(
      /m: expected a list of words as vocabulary/,
    );
    expect(() => textModels.decode(changed({ domain: 'audio' }), 'm')).toThrow(
      /a model of the domain text, received audio/,
    );
    expect(() => textModels.decode(changed({ settings: '{' }), 'm')).toThrow(
      /the settings of the model in its metadata/,
    );
    await expect(loadTextModel(join(folder, 'nothing'))).rejects.toThrow(/the model of a finished or interrupted run/);
  });
});

itChecksModels(exportText, () => {
  const run = join(folder, 'run');
  return { run, model: runPaths(run).model, out: join(folder, 'old.onnx') };
});
