import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeResult } from '@cpc/records';
import { readRunRecord, type TaskEvent } from '@cpc/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedLabelCount, framePhones } from '../../data/frame-labels.js';
import { encodeWav } from '../../data/wav.js';
import { createBuiltInSpeech } from '../../synthesis/built-in-speech.js';
import { trainSpeech } from '../train.js';
import { probeSpeech } from './probe.js';
import type { SpeechProbeRequest } from './probe-request.js';

const engine = { name: 'onnx', threads: 1 } as const;
const always = { stopRequested: () => false };
const set = (value: number) => ({ value, source: 'set' }) as const;

let folder = '';
let data = '';
let folds = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-supervised-'));
  data = await writeSpeech(join(folder, 'speech'));
  folds = join(folder, 'two.json');
  await writeFile(folds, '[["1", "2"], ["3", "4"]]');
  const overrides = {
    ...{ channels: set(8), contextUnits: set(8), windowSamples: set(2400), batchSize: set(2) },
    ...{ predictionSteps: set(4), negativeCount: set(8) },
  };
  const request = {
    ...{ data: 'builtin', preset: 'small', steps: 1, seed: 2, engine, resume: false, strict: false, command: 'test' },
    ...{ out: join(folder, 'run'), overrides },
  };
  for await (const _ of trainSpeech(request, always));
});
afterAll(() => rm(folder, { recursive: true }));

/** Built-in speech in LibriSpeech's names: 4 speakers, 2 recordings each of 100 frames, 98 of them with a label. */
async function writeSpeech(path: string): Promise<string> {
  const speech = createBuiltInSpeech({ seed: 3, speakers: 4, utterancesPerSpeaker: 2, secondsPerUtterance: 1 });
  await mkdir(path);
  const lines: string[] = [];
  for (const index of speech.recordings.keys()) {
    const id = `${1 + Math.floor(index / 2)}-1-000${index % 2}`;
    const classOf = (phone: string) => speech.phoneNames.indexOf(phone);
    const labels = framePhones(speech.segments(index), expectedLabelCount(16_000), classOf, {
      centreOffsetSamples: 200,
    });
    lines.push(`${id} ${labels.join(' ')}\n`);
    const samples = await speech.read(index);
    await writeFile(join(path, `${id}.wav`), encodeWav({ sampleRateHz: 16_000, channels: [samples] }));
  }
  await writeFile(join(path, 'converted_aligned_phones.txt'), lines.join(''));
  return path;
}

async function probe(change: Partial<SpeechProbeRequest> = {}, stopAfter = Number.POSITIVE_INFINITY) {
  const request: SpeechProbeRequest = {
    ...{
      run: join(folder, 'run'),
      data,
      folds,
      task: 'phones',
      baselines: ['supervised'],
      seed: 1,
      engine,
      strict: false,
    },
    ...change,
  };
  const updates: (TaskEvent & { type: 'progress' })[] = [];
  const results: ProbeResult[] = [];
  for await (const event of probeSpeech(request, { stopRequested: () => updates.length >= stopAfter })) {
    if (event.type === 'probe-end') results.push(event.result);
    if (event.type === 'progress' && event.label.startsWith('supervised')) updates.push(event);
  }
  return { updates, results };
}

const recorded = async () => (await readRunRecord(join(folder, 'run'))).probes;

describe('the baseline supervised', () => {
  it('is refused with --pooled and with --classifier mlp or neighbours, naming the option and what to do', async () => {
    const expected = /no --pooled: a linear layer on c is trained .* frame by frame, received --pooled.*without it/;
    await expect(probe({ task: 'speakers', pooled: true })).rejects.toThrow(expected);
    for (const classifier of ['mlp', 'neighbours'])
      await expect(probe({ classifier })).rejects.toThrow(
        new RegExp(
          `baseline supervised: expected no --classifier: .* received ${classifier}\\. .*with --classifier without it`,
        ),
      );
    expect(await recorded()).toEqual([]);
  });

  it('ends at a request to stop, after 3 updates, and writes none of its probe’s results', async () => {
    const { updates, results } = await probe({}, 3);
    expect(updates.map(({ label, done }) => [label, done])).toEqual(
      [1, 2, 3].map((n) => ['supervised: split 1 of 2', n]),
    );
    expect(results.map(({ baseline }) => baseline)).toEqual([undefined]);
    expect(await recorded()).toEqual([]);
  });

  it('is scored on 392 frames of 2 unheard speakers in each of 2 folds; 196 frames of 1 speaker are fitted, 196 of another stop it', async () => {
    const { updates, results } = await probe({ classifier: 'linear', representations: ['latent'] });
    expect(results.map(({ baseline, representation }) => [baseline, representation])).toEqual([
      [undefined, 'latent'],
      ['supervised', 'context'],
    ]);
    const [trained, supervised] = results;
    expect(supervised).toMatchObject({
      ...{ task: 'phones', classifier: 'linear', classes: trained?.classes, folds: 2 },
      counts: { train: 196, validation: 196, test: 784 },
      ...{ split: trained?.split, alignment: trained?.alignment, dataFingerprint: trained?.dataFingerprint },
    });
    expect(supervised?.trainedLead).toMatchObject([
      {
        representation: 'latent',
        difference: expect.closeTo((trained?.accuracy ?? 0) - (supervised?.accuracy ?? 0), 12),
      },
    ]);
    expect(supervised).not.toHaveProperty('inverseRegularisation');
    expect(supervised?.split).toBe('2 folds of two.json, no speaker on both sides');
    const [first = 0, second = 0] = supervised?.accuracyPerFold ?? [];
    expect((first + second) / 2).toBeCloseTo(supervised?.accuracy ?? 0, 10);
    expect(supervised?.accuracy).toBeGreaterThan(0.2);
    const { label, total } = updates.at(-1) ?? { label: '', total: 0 };
    expect(label).toMatch(/^supervised: split 2 of 2, validation \d+\.\d %$/);
    expect(total).toBe(60 * 25); // rounds of updates: a pass would be 2, of 8 windows of 15 frames each
    expect(await recorded()).toEqual(results);
  });

  it('is the same for the same seed, and takes the place of its earlier result in the record', async () => {
    const before = (await recorded()).find(({ baseline }) => baseline === 'supervised');
    await probe({ representations: ['latent'] });
    const after = (await recorded()).filter(({ baseline }) => baseline === 'supervised');
    expect(after).toEqual([before]);
  });
});
