import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { decodeSafetensors } from '@cpc/runs';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordingAt } from '../data/corpus.js';
import { format, riff, word } from '../data/test-support/wav-writer.js';
import { createFeatureExtractor } from '../features.js';
import { openSpeechCorpus } from './data/corpus.js';
import { embedSpeech } from './embed.js';
import { loadSpeechModel } from './model-file.js';
import { trainSpeech } from './train.js';

const engine = { name: 'onnx', threads: 1 } as const;
const control = { stopRequested: () => false };
const set = (value: number) => ({ value, source: 'set' }) as const;
const width = 3;

/** Names whose order as keys of an object would be another one, and names that differ by their ending alone. */
const names = ['1.wav', '10.wav', '2.wav', 'x.WAV', 'x.flac', 'x.wav'];

let folder: string;
let data: string;
let expected: Map<string, HostArray>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-audio-embed-'));
  data = join(folder, 'data');
  await mkdir(data);
  for (const [index, name] of names.entries())
    if (name.endsWith('flac'))
      await copyFile(join(import.meta.dirname, 'data/fixtures/noise-16.flac'), join(data, name));
    else await writeFile(join(data, name), noise(index, 1600 + 320 * index));
  const overrides = { channels: set(4), contextUnits: set(width), windowSamples: set(1280), batchSize: set(2) };
  const steps = { predictionSteps: set(2), negativeCount: set(4) };
  const request = { data, preset: 'small', overrides: { ...overrides, ...steps }, steps: 1, seed: 1, engine } as const;
  await drained(
    trainSpeech({ ...request, out: join(folder, 'run'), resume: false, strict: true, command: 'test' }, control),
  );
  expected = await contextsByName();
});
afterAll(() => rm(folder, { recursive: true }));

function noise(seed: number, samples: number): Uint8Array {
  const random = createRandom(seed);
  const values = Array.from({ length: samples }, () => Math.round(8000 * random.normal()) & 0xffff);
  return riff([format(1, 1, 16), { name: 'data', body: values.flatMap(word) }]);
}

async function drained(
  events: AsyncGenerator<{ readonly type: string; readonly message?: string }>,
): Promise<string[]> {
  const warnings: string[] = [];
  for await (const { type, message = '' } of events) if (type === 'warning') warnings.push(message);
  return warnings;
}

async function contextsByName(): Promise<Map<string, HostArray>> {
  const model = await loadSpeechModel(join(folder, 'run'));
  const extractor = createFeatureExtractor({ ...model, engine: await createEngine(engine) });
  const found = new Map<string, HostArray>();
  for (const name of names) {
    const corpus = await openSpeechCorpus(join(data, name)); // each by itself
    const { sampleCount } = recordingAt(corpus.recordings, 0);
    found.set(name, (await extractor.extract(await corpus.read(0, 0, sampleCount))).contexts);
  }
  await extractor.dispose();
  return found;
}

const embed = (from: string, out: string, options: { readonly pooled?: boolean; readonly strict?: boolean } = {}) =>
  drained(
    embedSpeech(
      {
        run: join(folder, 'run'),
        data: from,
        out,
        representation: 'context',
        pooled: false,
        strict: false,
        engine,
        ...options,
      },
      control,
    ),
  );

it('names 6 tensors as their files, with their endings, and each holds the rows of its own file', async () => {
  const out = join(folder, 'a.safetensors');
  await embed(data, out);
  const { tensors } = decodeSafetensors(await readFile(out), out);
  expect(Object.keys(tensors).sort()).toEqual([...names].sort());
  for (const name of names) expect(tensors[name]).toEqual(expected.get(name));
});

it('gives every file the rows of .npy that its line of the index says, in an order by name', async () => {
  await embed(data, join(folder, 'a.npy'));
  const [header, ...lines] = (await readFile(join(folder, 'a.tsv'), 'utf8')).trimEnd().split('\n');
  expect(header).toBe('id\tspeaker\tfirst_row\trows');
  expect(lines.map((line) => line.split('\t')[0])).toEqual(names);
  const bytes = await readFile(join(folder, 'a.npy'));
  const values = new Float32Array(Uint8Array.from(bytes.subarray(128)).buffer);
  for (const line of lines) {
    const [name = '', , first, rows] = line.split('\t');
    const part = values.subarray(Number(first) * width, (Number(first) + Number(rows)) * width);
    expect([name, ...part]).toEqual([name, ...(expected.get(name)?.data ?? [])]);
  }
});

it('writes the same rows with the names of their files to .parquet', async () => {
  const out = join(folder, 'a.parquet');
  await embed(data, out);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(out) });
  for (const name of names) {
    const own = rows.filter(({ recording }) => recording === name);
    expect(own.map(({ frame }) => frame)).toEqual([...own.keys()]);
    expect(own.flatMap(({ features }): number[] => features)).toEqual([...(expected.get(name)?.data ?? [])]);
  }
});

it('takes a single file: 1 tensor under its name', async () => {
  const out = join(folder, 'one.safetensors');
  await embed(join(data, '10.wav'), out);
  const { tensors } = decodeSafetensors(await readFile(out), out);
  expect(tensors).toEqual({ '10.wav': expected.get('10.wav') });
});

it('leaves a damaged recording out, rows and index alike, with 1 warning; --strict ends there and writes nothing', async () => {
  const partly = join(folder, 'partly');
  await mkdir(partly);
  await copyFile(join(data, '10.wav'), join(partly, '10.wav'));
  await copyFile(join(data, '2.wav'), join(partly, '2.wav'));
  await writeFile(join(partly, '1.wav'), 'no sound');
  const warnings = await embed(partly, join(folder, 'partly.npy'));
  expect(warnings).toEqual([expect.stringMatching(/1\.wav/)]);
  const index = await readFile(join(folder, 'partly.tsv'), 'utf8');
  expect(index.split('\n').map((line) => line.split('\t').slice(2))).toEqual([
    ['first_row', 'rows'],
    ['0', '12'],
    ['12', '14'],
    [],
  ]);
  await expect(embed(partly, join(folder, 'strict.npy'), { strict: true })).rejects.toThrow(/1\.wav/);
  await expect(readFile(join(folder, 'strict.npy'))).rejects.toThrow(/ENOENT/);
});
