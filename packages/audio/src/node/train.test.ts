/** Threads that draw the batches run built files. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '@cpc/records';
import { type Control, readMetrics, readRunRecord, type TrainRequest } from '@cpc/runs';
import { ensureBuilt, stoppedAfter } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFlac } from '../data/test-support/flac-writer.js';
import { encodeWav } from '../data/wav.js';
import { openSpeech } from './open-data.js';
import { trainSpeech } from './train.js';

let folder: string;
let data: string;
beforeAll(async () => {
  await ensureBuilt('@cpc/audio');
  folder = await mkdtemp(join(tmpdir(), 'cpc-audio-train-'));
  data = join(folder, 'data');
  for (const speaker of ['anna', 'ben']) await mkdir(join(data, speaker), { recursive: true });
  await writeFile(join(data, 'anna', 'one.wav'), wav(tone(20_000, 7)));
  await writeFile(join(data, 'anna', 'two.wav'), wav(tone(9_000, 11)));
  await writeFile(join(data, 'ben', 'three.wav'), wav(tone(16_000, 5)));
  await writeFile(join(data, 'anna', 'broken.wav'), wavWithoutANumber());
  await writeFile(join(data, 'ben', 'broken.flac'), flacWithAWrongBit());
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

function tone(length: number, period: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => 0.3 * Math.sin(index / period) + 0.1 * Math.sin(index / 2));
}

function wav(samples: Float32Array): Uint8Array {
  return encodeWav({ sampleRateHz: 16_000, channels: [samples] });
}

/** Intact but for sample 8,000, which is NaN. */
function wavWithoutANumber(): Uint8Array {
  const bytes = encodeWav({ sampleRateHz: 16_000, channels: [tone(16_000, 9)] }, 'float-32');
  new DataView(bytes.buffer).setFloat32(44 + 4 * 8000, Number.NaN, true);
  return bytes;
}

/** Intact but for a bit of its fourth frame. */
function flacWithAWrongBit(): Uint8Array {
  const samples = [...tone(16_000, 13)].map((value) => Math.round(value * 32_767));
  const bytes = writeFlac({ sampleRateHz: 16_000, bitsPerSample: 16, channels: [samples] });
  const place = bytes.length - 1000;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return bytes;
}

const set = <Value>(value: Value) => ({ value, source: 'set' }) as const;
const steps = 6;

function requestTo(out: string, change: Partial<TrainRequest> = {}): TrainRequest {
  return {
    data,
    preset: 'small',
    overrides: {
      channels: set(4),
      contextUnits: set(3),
      windowSamples: set(4800),
      batchSize: set(8), // so that every thread meets damage with its first batch
      predictionSteps: set(2),
      negativeCount: set(8),
    },
    steps,
    seed: 3,
    engine: { name: 'onnx', threads: 1 },
    out: join(folder, out),
    resume: false,
    strict: false,
    command: 'test',
    ...change,
  };
}

const always: Control = { stopRequested: () => false };

async function all(events: AsyncGenerator<TrainingEvent>): Promise<TrainingEvent[]> {
  const seen: TrainingEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** What a run computed: a SHA-256 of its model's bytes, and its losses. */
async function computed(out: string): Promise<{ readonly model: string; readonly losses: readonly number[] }> {
  const bytes = await readFile(join(folder, out, 'model.safetensors'));
  const model = createHash('sha256').update(bytes).digest('hex');
  return { model, losses: (await readMetrics(join(folder, out))).map(({ lossNats }) => lossNats) };
}

const brokenFiles = ['anna/broken.wav', 'ben/broken.flac'];

describe('training on 5 files, 2 of them damaged behind an intact head', () => {
  it.each([0, 1, 2])(
    'names each of the 2 once, in events and in the record, and makes 6 steps (%d workers)',
    async (workers) => {
      const out = `with-${workers}`;
      const events = await all(trainSpeech(requestTo(out, { workers }), always));
      expect(events.filter(({ type }) => type === 'step-end')).toHaveLength(steps);
      const damaged = events.flatMap((event) => (event.type === 'input-damaged' ? [event] : []));
      expect(damaged.map(({ path }) => path).sort()).toEqual(brokenFiles);
      const { status, data: recorded } = await readRunRecord(join(folder, out));
      expect(status).toBe('completed');
      const byFile = [...recorded.skipped].sort((left, right) => (left.file < right.file ? -1 : 1));
      expect(byFile).toEqual([
        { file: 'anna/broken.wav', reason: expect.stringMatching(/^anna\/broken\.wav: .*NaN at sample 8000/) },
        { file: 'ben/broken.flac', reason: expect.stringMatching(/^ben\/broken\.flac, frame at byte \d+: .*checksum/) },
      ]);
    },
  );

  it.each([1, 2])(
    'gives the same model, byte for byte, and the same 6 losses with %d workers as with none',
    async (workers) => {
      const alone = await computed('with-0');
      expect(alone.losses).toHaveLength(steps);
      expect(await computed(`with-${workers}`)).toEqual(alone);
    },
  );

  it('gives the same with 2 workers when stopped after 2 steps and resumed, and lists the 2 files once', async () => {
    const stopped = await stoppedAfter(2, (control) => trainSpeech(requestTo('resumed', { workers: 2 }), control));
    expect(stopped.at(-1)).toMatchObject({ type: 'run-end', step: 2, reason: 'interrupted' });
    await all(trainSpeech(requestTo('resumed', { workers: 2, resume: true }), always));
    expect(await computed('resumed')).toEqual(await computed('with-0'));
    const { data: recorded } = await readRunRecord(join(folder, 'resumed'));
    expect(recorded.skipped.map(({ file }) => file).sort()).toEqual(brokenFiles);
  });

  it.each([0, 2])(
    'fails where strict, naming 1 of them, and writes that into the record (%d workers)',
    async (workers) => {
      const out = `strict-${workers}`;
      const opened = await openSpeech(data, 'train', { strict: false }); // nothing decoded yet: training meets the damage
      const run = all(trainSpeech(requestTo(out, { workers, strict: true }), always, opened));
      await expect(run).rejects.toThrow(/broken\.(wav|flac)/);
      expect(await readRunRecord(join(folder, out))).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/broken\.(wav|flac)/),
        data: { skipped: [] },
      });
    },
  );

  it('refuses the folder where strict before a run begins, naming the first of the 2', async () => {
    const run = all(trainSpeech(requestTo('refused', { workers: 2, strict: true }), always));
    await expect(run).rejects.toThrow(/^anna\/broken\.wav: /);
    await expect(readRunRecord(join(folder, 'refused'))).rejects.toThrow();
  });
});

describe('training on built-in speech', () => {
  it('gives the same model with 1 worker as with none, on the same 24 speakers', async () => {
    for (const workers of [0, 1])
      await all(trainSpeech(requestTo(`builtin-${workers}`, { data: 'builtin', steps: 2, workers }), always));
    expect(await computed('builtin-1')).toEqual(await computed('builtin-0'));
  });
});

describe('training over more updates than the rate decays over', () => {
  const warnings = async (out: string, learningRateDecaySteps: number) => {
    const { overrides } = requestTo(out);
    const decaying = { ...overrides, learningRateDecaySteps: set(learningRateDecaySteps) };
    const asked = requestTo(out, { data: 'builtin', steps: 3, overrides: decaying });
    return (await all(trainSpeech(asked, always))).flatMap((event) =>
      event.type === 'warning' ? [event.message] : [],
    );
  };

  it('warns of the last 1 of 3 updates where the rate is 0 after 2, and of nothing after 3 or where it stays', async () => {
    const [message, ...others] = await warnings('late', 2);
    expect(message).toMatch(/^learningRateDecaySteps is 2, .*the last 1 of 3 updates learn nothing\..*=3 .*, or 0 /);
    expect(others).toEqual([]);
    expect([await warnings('whole-decay', 3), await warnings('no-decay', 0)]).toEqual([[], []]);
  });
});

describe('training on 5 files, of which 1 is deleted, 1 made a folder and 1 replaced by another after the first warning', () => {
  const lost = ['deleted.wav', 'folder.wav', 'replaced.wav'];

  async function withLosses(name: string, change: Partial<TrainRequest>): Promise<TrainingEvent[]> {
    const path = join(folder, name);
    await mkdir(path);
    for (const file of ['one.wav', 'two.wav', ...lost]) await writeFile(join(path, file), wav(tone(9000, 7)));
    await writeFile(join(path, 'song.mp3'), 'sound'); // so that there is a warning, before anything is drawn
    const seen: TrainingEvent[] = [];
    for await (const event of trainSpeech(requestTo(`of ${name}`, { data: path, ...change }), always)) {
      if (seen.length === 0) await lose(path);
      seen.push(event);
    }
    return seen;
  }

  async function lose(path: string): Promise<void> {
    for (const file of lost) await rm(join(path, file));
    await mkdir(join(path, 'folder.wav'));
    await writeFile(join(path, 'replaced.wav'), wav(tone(8000, 7)));
  }

  it.each([0, 2])(
    'names each of the 3 once, in events and in the record, and makes 6 steps (%d workers)',
    async (workers) => {
      const events = await withLosses(`lost ${workers}`, { workers });
      expect(events.filter(({ type }) => type === 'step-end')).toHaveLength(steps);
      const damaged = events.flatMap((event) => (event.type === 'input-damaged' ? [event.path] : []));
      expect(damaged.sort()).toEqual(lost);
      const { status, data: recorded } = await readRunRecord(join(folder, `of lost ${workers}`));
      expect(status).toBe('completed');
      expect([...recorded.skipped].sort((left, right) => (left.file < right.file ? -1 : 1))).toEqual([
        { file: 'deleted.wav', reason: expect.stringMatching(/no such file or folder \(ENOENT\)/) },
        { file: 'folder.wav', reason: expect.stringMatching(/received a directory/) },
        { file: 'replaced.wav', reason: expect.stringMatching(/expected 9000 samples .* received 8000 samples/) },
        { file: 'song.mp3', reason: '.mp3 files are not read' },
      ]);
    },
  );
});

it('strict, ends at a recording that is deleted during training, by name', async () => {
  const path = join(folder, 'strict-lost');
  await mkdir(path);
  for (const file of ['one.wav', 'two.wav']) await writeFile(join(path, file), wav(tone(9000, 7)));
  const opened = await openSpeech(path, 'train', { strict: false });
  await rm(join(path, 'one.wav'));
  const training = all(trainSpeech(requestTo('strict-lost-run', { data: path, strict: true }), always, opened));
  await expect(training).rejects.toThrow(/^one\.wav: expected a file that can be read, received no such file/);
});
