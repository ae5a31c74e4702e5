import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, readRunRecord } from '@cpc/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { format, riff, word } from '../data/test-support/wav-writer.js';
import { embedSpeech } from './embed.js';
import { probeSpeech } from './probing/probe.js';
import { trainSpeech } from './train.js';

let folder: string;
let data: string;
let damaged: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-audio-left-out-'));
  data = join(folder, 'data');
  damaged = join(folder, 'damaged');
  await mkdir(data);
  await mkdir(damaged);
  await writeFile(join(data, 'long.wav'), tone(16_000));
  await writeFile(join(data, 'short.wav'), tone(3_200)); // 0.2 s: shorter than a window
  await writeFile(join(data, 'click.wav'), tone(100)); // shorter than a frame
  await writeFile(join(damaged, 'whole.wav'), tone(16_000));
  await writeFile(join(damaged, 'broken.flac'), await flacWithDamageBehindItsHead());
});
afterAll(() => rm(folder, { recursive: true }));

function tone(samples: number): Uint8Array {
  const values = Array.from({ length: samples }, (_, index) => Math.round(8000 * Math.sin(index / 7)) & 0xffff);
  return riff([format(1, 1, 16), { name: 'data', body: values.flatMap(word) }]);
}

async function flacWithDamageBehindItsHead(): Promise<Uint8Array> {
  const bytes = await readFile(join(import.meta.dirname, 'data', 'fixtures', 'noise-16.flac'));
  const last = bytes.length - 40;
  bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return bytes;
}

const engine = { name: 'onnx', threads: 1 } as const;
const control = { stopRequested: () => false };
const set = (value: number) => ({ value, source: 'set' }) as const;
const overrides = {
  channels: set(4),
  contextUnits: set(3),
  windowSamples: set(4800),
  batchSize: set(2),
  predictionSteps: set(2),
  negativeCount: set(8),
};

async function warnings(
  events: AsyncGenerator<{ readonly type: string; readonly message?: string }>,
): Promise<string[]> {
  const found: string[] = [];
  for await (const event of events) if (event.type === 'warning') found.push(event.message ?? '');
  return found;
}

const train = (from: string, out: string, strict: boolean) =>
  warnings(
    trainSpeech(
      {
        data: from,
        preset: 'small',
        overrides,
        steps: 1,
        seed: 1,
        engine,
        out,
        resume: false,
        strict,
        command: 'test',
      },
      control,
    ),
  );

describe('what training and embedding leave out', () => {
  it('says that 2 of 3 recordings are shorter than a window, and counts the third alone', async () => {
    const out = join(folder, 'run');
    expect(await train(data, out, false)).toEqual([
      expect.stringMatching(/2 recordings are shorter than a window of 0\.3 s/),
    ]);
    const { data: recorded } = await readRunRecord(out);
    expect(recorded.counts.recordings).toBe(1);
    expect(recorded.hours).toBeCloseTo(1 / 3600, 9);
  });

  it('embeds what has a frame, and says that 1 recording has none', async () => {
    const out = join(folder, 'contexts.safetensors');
    const request = { run: join(folder, 'run'), data, out, representation: 'context', pooled: false, engine } as const;
    expect(await warnings(embedSpeech({ ...request, strict: false }, control))).toEqual([
      'skipped 1 recordings that are shorter than a frame',
    ]);
    const { tensors } = decodeSafetensors(await readFile(out), 'contexts');
    expect(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))).toEqual({
      'long.wav': [100, 3],
      'short.wav': [20, 3],
    });
  });

  it('probes 4 whole recordings of 2 speakers beside one with damage behind its head: the file is named and skipped', async () => {
    const spoken = join(folder, 'spoken');
    for (const speaker of ['ann', 'bob']) {
      await mkdir(join(spoken, speaker), { recursive: true });
      for (const take of ['1', '2']) await writeFile(join(spoken, speaker, `${take}.wav`), tone(8_000));
    }
    await copyFile(join(damaged, 'broken.flac'), join(spoken, 'ann/3.flac'));
    const request = { run: join(folder, 'run'), data: spoken, task: 'speakers', pooled: false, engine } as const;
    const probing = (strict: boolean) =>
      warnings(probeSpeech({ ...request, representations: ['context'], baselines: [], strict, seed: 1 }, control));
    expect(await probing(false)).toContainEqual(expect.stringMatching(/skipped ann\/3\.flac/));
    await expect(probing(true)).rejects.toThrow(/3\.flac/);
  });

  it('with --strict refuses damage behind an intact head before the first step, by name', async () => {
    await expect(train(damaged, join(folder, 'strict'), true)).rejects.toThrow(/broken\.flac/);
  });
});
