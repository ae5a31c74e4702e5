import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnnx } from '@cpc/compile';
import type { TrainingEvent } from '@cpc/records';
import { decodeSafetensors, readMetrics, readRunRecord, runPaths, type TaskEvent, type TrainRequest } from '@cpc/runs';
import { itChecksModels, stoppedAfter } from '@cpc/testing';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSpeech } from './commands.js';
import { embedSpeech } from './embed.js';
import { probeSpeech } from './probing/probe.js';
import type { SpeechProbeRequest } from './probing/probe-request.js';
import { trainSpeech } from './train.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-audio-'));
});
afterAll(() => rm(folder, { recursive: true }));

const engine = { name: 'onnx', threads: 2 } as const;
const set = (value: number) => ({ value, source: 'set' }) as const;
const tiny = {
  channels: set(8),
  contextUnits: set(6),
  windowSamples: set(4800),
  batchSize: set(2),
  predictionSteps: set(4),
  negativeCount: set(8),
};
const always = { stopRequested: () => false };

function trainRequest(out: string, change: Partial<TrainRequest> = {}): TrainRequest {
  return {
    data: 'builtin',
    preset: 'small',
    overrides: tiny,
    steps: 6,
    seed: 2,
    engine,
    out: join(folder, out),
    resume: false,
    strict: false,
    command: 'test',
    ...change,
  };
}

async function events<Event>(generator: AsyncGenerator<Event>): Promise<Event[]> {
  const seen: Event[] = [];
  for await (const event of generator) seen.push(event);
  return seen;
}

const train = (request: TrainRequest, control = always): Promise<TrainingEvent[]> =>
  events(trainSpeech(request, control));

function probeRequest(run: string, change: Partial<SpeechProbeRequest> = {}): SpeechProbeRequest {
  return {
    run: join(folder, run),
    data: 'builtin',
    task: 'phones',
    baselines: ['random'],
    seed: 1,
    engine,
    strict: false,
    ...change,
  };
}

describe('audio train', () => {
  it('leaves a folder with record, metrics of 6 steps, model and two ONNX files', async () => {
    await train(trainRequest('a'));
    const files = await readdir(join(folder, 'a'));
    expect(files).toEqual(
      expect.arrayContaining([
        'run.json',
        'metrics.jsonl',
        'checkpoints',
        'model.safetensors',
        'encoder.onnx',
        'context.onnx',
      ]),
    );
    const record = await readRunRecord(join(folder, 'a'));
    expect(record).toMatchObject({
      status: 'completed',
      domain: 'audio',
      preset: 'small',
      seed: 2,
      totals: { steps: 6 },
    });
    expect(record.settings.channels).toEqual({ value: 8, source: 'set' });
    expect(record.settings.learningRate?.source).toBe('preset');
    expect(record.figures['boundNats/k04']?.unit).toBe('nats');
    expect((await readMetrics(join(folder, 'a'))).map(({ step, accuracy }) => [step, accuracy.length])).toEqual(
      [1, 2, 3, 4, 5, 6].map((step) => [step, 4]),
    );
  });

  it('gives the same model, byte for byte, when stopped after 2 steps and resumed', async () => {
    const stopped = await stoppedAfter(2, (control) => trainSpeech(trainRequest('b'), control));
    expect(stopped.at(-1)).toMatchObject({ type: 'run-end', step: 2, reason: 'interrupted' });
    expect((await readRunRecord(join(folder, 'b'))).status).toBe('interrupted');
    await train(trainRequest('b', { resume: true }));
    const model = (run: string) => readFile(join(folder, run, 'model.safetensors'));
    expect(await model('b')).toEqual(await model('a'));
    const losses = async (run: string) => (await readMetrics(join(folder, run))).map(({ lossNats }) => lossNats);
    expect(await losses('b')).toEqual(await losses('a'));
  });

  it('refuses to write over a run, and to resume it with other settings, naming what differs', async () => {
    await expect(train(trainRequest('a'))).rejects.toThrow(/without a run.*--resume/);
    const other = { ...tiny, batchSize: set(3) };
    await expect(train(trainRequest('a', { resume: true, overrides: other }))).rejects.toThrow(
      /settings the run was started with/,
    );
    await expect(train(trainRequest('a', { resume: true, seed: 9 }))).rejects.toThrow(/seed/);
  });

  it('counts an epoch as all recordings end to end: 24 speakers x 8 x 5 s in windows of 2 x 4,800 samples are 1,600 steps', async () => {
    const { steps: _, ...withoutSteps } = trainRequest('c', { epochs: 1 });
    const [start] = await train(withoutSteps, { stopRequested: () => true });
    expect(start).toMatchObject({ type: 'run-start', totalSteps: 1600 });
  });
});

describe('audio probe', () => {
  it('scores the model and its own untrained start on 8 other speakers in 4 folds, and writes both into the record', async () => {
    const results = (await events<TaskEvent>(probeSpeech(probeRequest('a'), always))).flatMap((event) =>
      event.type === 'probe-end' ? [event.result] : [],
    );
    expect(results.map(({ baseline }) => baseline)).toEqual([undefined, 'random']);
    expect(results[0]).toMatchObject({
      split: '4 folds, no speaker on both sides',
      alignment: 'latent t takes the phone at sample 160 t + 80, the centre of its hop',
    });
    for (const { accuracy, counts, folds, confidence } of results) {
      expect(counts.test).toBe(8 * 8 * 500);
      expect(folds).toBe(4);
      expect(accuracy).toBeGreaterThan(0.15);
      expect(confidence.low).toBeLessThanOrEqual(accuracy);
      expect(confidence.high).toBeGreaterThanOrEqual(accuracy);
    }
    expect((await readRunRecord(join(folder, 'a'))).probes).toHaveLength(2);
  });

  it('replaces its own earlier result instead of adding to it', async () => {
    await events(probeSpeech(probeRequest('a', { baselines: [] }), always));
    expect((await readRunRecord(join(folder, 'a'))).probes).toHaveLength(2);
  });

  it('refuses an unknown task or baseline, and a folder without a model', async () => {
    await expect(events(probeSpeech(probeRequest('a', { task: 'words' }), always))).rejects.toThrow(
      /phones, speakers, digits/,
    );
    await expect(events(probeSpeech(probeRequest('a', { baselines: ['oracle'] }), always))).rejects.toThrow(
      /baselines out of random, mfcc, mfcc-normalised, supervised, received "oracle"/,
    );
    await expect(events(probeSpeech(probeRequest('nothing'), always))).rejects.toThrow(
      /model\.safetensors.*cpc audio train/,
    );
  });
});

describe('audio embed and export', () => {
  it('embeds 64 recordings of 500 frames: safetensors by id, npy with an index of rows, pooled to one row each', async () => {
    const request = {
      run: join(folder, 'a'),
      data: 'builtin',
      representation: 'context',
      pooled: false,
      engine,
      strict: false,
    } as const;
    await events(embedSpeech({ ...request, out: join(folder, 'c.safetensors') }, always));
    const { tensors } = decodeSafetensors(await readFile(join(folder, 'c.safetensors')), 'c');
    expect(Object.keys(tensors)).toHaveLength(64);
    expect(tensors['speaker-0025-utterance-0001']?.shape).toEqual([500, 6]);
    await events(embedSpeech({ ...request, pooled: true, out: join(folder, 'c.npy') }, always));
    const rows = (await readFile(join(folder, 'c.tsv'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(65);
    expect(rows[2]).toBe('speaker-0025-utterance-0002\tspeaker-0025\t1\t1');
    expect((await readFile(join(folder, 'c.npy'))).length).toBe(128 + 64 * 6 * 4);
    await events(embedSpeech({ ...request, pooled: true, out: join(folder, 'c.parquet') }, always));
    const { buffer } = Uint8Array.from(await readFile(join(folder, 'c.parquet')));
    const [, second] = await parquetReadObjects({ file: buffer });
    expect(second).toMatchObject({
      recording: 'speaker-0025-utterance-0002',
      speaker: 'speaker-0025',
      time_seconds: 2.5,
    });
  });

  it('exports a file that scales its input itself, or leaves that to the caller, and says which', async () => {
    const out = join(folder, 'model.onnx');
    const scaledBy = async (options: { readonly scalesInput?: boolean }) => {
      await events(exportSpeech({ run: join(folder, 'a'), out, ...options }));
      return readOnnx(await readFile(out)).metadata.scaledBy;
    };
    expect(await scaledBy({})).toBe('model');
    expect(await scaledBy({ scalesInput: false })).toBe('caller');
  });

  it('refuses an output file of another kind', async () => {
    await expect(events(exportSpeech({ run: join(folder, 'a'), out: 'model.pt' }))).rejects.toThrow(/\.onnx/);
  });
});

itChecksModels(exportSpeech, () => {
  const run = join(folder, 'a');
  return { run, model: runPaths(run).model, out: join(folder, 'old.onnx') };
});
