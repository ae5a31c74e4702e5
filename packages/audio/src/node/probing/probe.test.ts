import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeResult } from '@cpc/records';
import { readRunRecord, type TaskEvent, updateRunRecord } from '@cpc/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../data/wav.js';
import { splitListNames } from '../data/split-lists.js';
import { trainSpeech } from '../train.js';
import { probeSpeech } from './probe.js';
import type { SpeechProbeRequest } from './probe-request.js';

const engine = { name: 'onnx', threads: 1 } as const;
const always = { stopRequested: () => false };
const set = (value: unknown) => ({ value, source: 'set' }) as never;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-probe-'));
  await train('run', {});
  await train('coarse', { layers: set([{ kernelLength: 640, stride: 320 }]) });
});
afterAll(() => rm(folder, { recursive: true }));

/** One step of a small model. */
async function train(out: string, overrides: Readonly<Record<string, never>>): Promise<void> {
  const small = {
    channels: set(8),
    contextUnits: set(6),
    batchSize: set(2),
    predictionSteps: set(4),
    negativeCount: set(8),
  };
  const request = {
    ...{ data: 'builtin', preset: 'small', steps: 1, seed: 2, engine, resume: false, strict: false, command: 'test' },
    ...{ out: join(folder, out), overrides: { ...small, windowSamples: set(4800), ...overrides } },
  };
  for await (const _ of trainSpeech(request, always));
}

async function probe(data: string, change: Partial<SpeechProbeRequest> = {}) {
  const request: SpeechProbeRequest = {
    ...{ run: join(folder, 'run'), data, task: 'phones', baselines: [], seed: 1, engine, strict: false },
    ...change,
  };
  const events: TaskEvent[] = [];
  for await (const event of probeSpeech(request, always)) events.push(event);
  const results: ProbeResult[] = events.flatMap((event) => (event.type === 'probe-end' ? [event.result] : []));
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  const [first] = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
  return { results, warnings, recordings: first?.total };
}

const lengthSamples = 8_000; // 50 frames, 48 labels

/** Half a second of 10 frames of hiss and 10 of a tone in turn, and the label of each 10 ms. */
function recording(pitchHz: number): { wav: Uint8Array; labels: string } {
  const isTone = (sample: number) => Math.floor(sample / 1_600) % 2 === 1;
  const samples = Float32Array.from({ length: lengthSamples }, (_, n) =>
    isTone(n) ? 0.5 * Math.sin((2 * Math.PI * pitchHz * n) / 16_000) : 0.1 * Math.sin(n ** 2),
  );
  const labels = Array.from({ length: 48 }, (_, label) => (isTone(160 * label + 200) ? 7 : 3)); // at the label's centre
  return { wav: encodeWav({ sampleRateHz: 16_000, channels: [samples] }), labels: labels.join(' ') };
}

/** A folder of recordings named as LibriSpeech's, the authors' labels, and the authors' lists where given. */
async function speech(
  name: string,
  ids: readonly string[],
  lists?: { train: string[]; test: string[] },
): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  const lines: string[] = [];
  for (const [index, id] of ids.entries()) {
    const { wav, labels } = recording(300 + 40 * index);
    await writeFile(join(path, `${id}.wav`), wav);
    lines.push(`${id} ${labels}\n`);
  }
  await writeFile(join(path, 'converted_aligned_phones.txt'), lines.join(''));
  if (lists !== undefined) {
    await writeFile(join(path, splitListNames.train), `${lists.train.join('\n')}\n`);
    await writeFile(join(path, splitListNames.test), `${lists.test.join('\n')}\n`);
  }
  return path;
}

const ids = ['1-1-0000', '1-1-0001', '2-1-0000', '2-1-0001'];

describe('a probe of a folder with the authors’ labels', () => {
  it('takes the authors’ lists for its split: 48 labelled frames each of 2 recordings fitted, of 1 scored', async () => {
    const lists = { train: ['1-1-0000', '2-1-0000', '9-9-0000'], test: ['1-1-0001', '9-9-0001'] };
    const data = await speech('listed', ids, lists);
    const { results, warnings, recordings } = await probe(data, { baselines: ['mfcc', 'mfcc-normalised'] });
    expect(recordings).toBe(3);
    expect(results.map(({ baseline, representation }) => [baseline, representation])).toEqual([
      [undefined, 'context'],
      ['mfcc', 'mfcc'],
      ['mfcc-normalised', 'mfcc'],
    ]);
    for (const result of results) {
      expect(result).toMatchObject({
        counts: { train: 96, test: 48 },
        confidence: { over: 'recordings', clusters: 1 }, // speaker 1 is on both sides
        folds: 1,
        split: 'given lists: 2 recordings to fit, 1 to score',
        alignment: 'latent t takes label t, of samples [160 t, 160 t + 400); the last 1 or 2 latents have none',
      });
    }
    expect(results[1]?.accuracy).toBeGreaterThan(0.85); // a tone or hiss is plain in MFCCs, but for frames at the borders
    expect(warnings).toEqual([
      'utterances of the split lists without a recording: 2',
      'recordings in neither split list: 1',
    ]);
  });

  it('makes 2 folds of 2 speakers where there are no lists', async () => {
    const { results, warnings } = await probe(await speech('unlisted', ids));
    expect(results[0]).toMatchObject({ folds: 2, counts: { test: 192 }, split: '2 folds, no speaker on both sides' });
    expect(results[0]?.confidence).toMatchObject({ over: 'speakers', clusters: 2 });
    expect(warnings).toEqual([]);
  });

  it('names the 1 phone of 41 that is asked about without training: only a scored recording has it', async () => {
    const lists = { train: ['1-1-0000', '2-1-0000'], test: ['1-1-0001'] };
    const data = await speech('one-sided', ids, lists);
    const labels = join(data, 'converted_aligned_phones.txt');
    await writeFile(labels, (await readFile(labels, 'utf8')).replace(/^(1-1-0001 )\d+/m, '$19'));
    const { warnings } = await probe(data);
    expect(warnings).toContainEqual(
      '1 of 41 classes has no training example, so every answer about such a class is wrong: class 9',
    );
  });

  it('tells 2 speakers apart on the same lists, 50 frames of each recording', async () => {
    const lists = { train: ['1-1-0000', '2-1-0000'], test: ['1-1-0001', '2-1-0001'] };
    const { results } = await probe(await speech('speakers', ids, lists), { task: 'speakers', baselines: ['mfcc'] });
    expect(results[1]).toMatchObject({ classes: 2, counts: { train: 100, test: 100 } });
    expect(results[1]?.split).toBe('given lists: 2 recordings to fit, 2 to score');
    expect(results[1]?.alignment).toBeUndefined();
  });

  it('refuses to tell speakers apart that the train list lacks', async () => {
    const lists = { train: ['1-1-0000', '1-1-0001'], test: ['2-1-0000', '2-1-0001'] };
    const data = await speech('disjoint', ids, lists);
    await expect(probe(data, { task: 'speakers' })).rejects.toThrow(
      /to score speakers that are fitted too, by given lists, received 1 others, such as 2\./,
    );
    expect((await probe(data)).results[0]).toMatchObject({
      ...{ counts: { train: 96, test: 96 }, confidence: { over: 'speakers', clusters: 1 } }, // for phones that is fine
    });
  });

  it('a hidden layer stops by 1 of 5 fitted recordings where speakers are on both sides of the lists, not by all of a speaker', async () => {
    const many = Array.from({ length: 8 }, (_, index) => `${index < 6 ? 1 : 2}-1-000${index}`);
    const lists = { train: [...many.slice(0, 4), many[6] ?? ''], test: [...many.slice(4, 6), many[7] ?? ''] };
    const { results } = await probe(await speech('both-sides', many, lists), { classifier: 'mlp' });
    expect(results[0]).toMatchObject({
      counts: { train: 192, validation: 48, test: 144 },
      confidence: { over: 'recordings', clusters: 3 },
    });
  });

  it('leaves out a recording of 100 samples, and says of another why it was left out', async () => {
    const data = await speech('short', ids);
    const short = encodeWav({ sampleRateHz: 16_000, channels: [new Float32Array(100)] });
    await writeFile(join(data, '3-1-0000.wav'), short);
    await writeFile(join(data, '3-1-0001.wav'), short.subarray(0, 80));
    const { results, warnings } = await probe(data, { task: 'speakers' });
    expect(results[0]?.classes).toBe(2);
    expect(warnings).toEqual([expect.stringMatching(/^skipped 3-1-0001\.wav: .*cut short/)]);
  });

  it('refuses phones for a model with a latent every 320 samples: labels come every 160', async () => {
    const request = { run: join(folder, 'coarse'), baselines: ['mfcc'] };
    await expect(probe(await speech('coarse-data', ids), request)).rejects.toThrow(
      /a latent every 160 samples, as labels have, received one every 320/,
    );
  });
});

const near = (value: number) => expect.closeTo(value, 12);

describe('what is fitted, and to what', () => {
  it('c and z are 2 rows each for the model and its random start, MFCCs 1; a hidden layer is told from the linear probe', async () => {
    const data = await speech('both', ids);
    const representations = ['latent', 'context'] as const;
    const { results } = await probe(data, { baselines: ['random', 'mfcc'], representations, classifier: 'mlp' });
    expect(results.map(({ baseline, representation }) => [baseline, representation])).toEqual([
      [undefined, 'latent'],
      [undefined, 'context'],
      ['random', 'latent'],
      ['random', 'context'],
      ['mfcc', 'mfcc'],
    ]);
    expect(new Set(results.map(({ classifier }) => classifier))).toEqual(new Set(['mlp']));
    expect(results[4]?.accuracy).toBeGreaterThan(0.85);
    const [z = Number.NaN, c = Number.NaN, randomZ = Number.NaN, randomC = Number.NaN, mfcc = Number.NaN] = results.map(
      ({ accuracy }) => accuracy,
    );
    const leads = results.map(({ trainedLead }) => trainedLead?.map((lead) => [lead.representation, lead.difference]));
    expect(leads).toEqual([
      undefined,
      undefined,
      [['latent', near(z - randomZ)]],
      [['context', near(c - randomC)]],
      [
        ['latent', near(z - mfcc)],
        ['context', near(c - mfcc)],
      ],
    ]);
  });

  it('results of 3 classifiers stand beside one another in the record; an earlier linear one is replaced, unless its split was another', async () => {
    const data = await speech('classifiers', [...ids, '3-1-0000']);
    const found = async () => {
      const { probes } = await readRunRecord(join(folder, 'run'));
      return probes
        .filter(({ dataFingerprint }) => dataFingerprint === fingerprint)
        .map(({ classifier }) => classifier);
    };
    const fingerprint = (await probe(data)).results[0]?.dataFingerprint;
    for (const classifier of ['neighbours', 'mlp', 'linear']) await probe(data, { classifier });
    expect(await found()).toEqual(['neighbours', 'mlp', 'linear']);
    await updateRunRecord(join(folder, 'run'), ({ probes }) => ({
      probes: probes.map(({ classifier, ...old }) => (classifier === 'linear' ? old : { ...old, classifier })),
    })); // as older versions wrote it
    expect(await found()).toEqual(['neighbours', 'mlp', undefined]);
    await probe(data);
    expect(await found()).toEqual(['neighbours', 'mlp', 'linear']);
    const folds = join(folder, 'three.json');
    await writeFile(folds, '[["1"], ["2"], ["3"]]');
    await probe(data, { folds });
    expect(await found()).toEqual(['neighbours', 'mlp', 'linear', 'linear']);
  });

  it('refuses a classifier that is none of the 3', async () => {
    await expect(probe('builtin', { classifier: 'forest' })).rejects.toThrow(
      /a classifier out of linear, mlp, neighbours, received "forest"/,
    );
  });
});

describe('committed folds', () => {
  const threeSpeakers = [...ids, '3-1-0000', '3-1-0001'];

  async function foldsFile(name: string, folds: unknown): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(folds));
    return path;
  }

  it('are scored in their order, 96 and 192 frames, with the accuracy of each; lists in the folder do not count then', async () => {
    const data = await speech('folds', threeSpeakers, { train: ['1-1-0000'], test: ['1-1-0001'] });
    const folds = await foldsFile('two.json', [['2'], ['3', '1']]);
    const { results, warnings } = await probe(data, { folds, baselines: ['mfcc'] });
    expect(warnings).toEqual([]);
    for (const { accuracy, accuracyPerFold, ...result } of results) {
      expect(result).toMatchObject({
        folds: 2,
        counts: { train: 144, test: 288 },
        split: '2 folds of two.json, no speaker on both sides',
      });
      const [first = 0, second = 0] = accuracyPerFold ?? [];
      expect((96 * first + 192 * second) / 288).toBeCloseTo(accuracy, 10);
    }
  });

  it('are refused where a speaker of the data has none, or one of theirs has no labelled recording', async () => {
    const data = await speech('other-folds', threeSpeakers);
    const folds = await foldsFile('others.json', [['1'], ['2', '9']]);
    await expect(probe(data, { folds })).rejects.toThrow(
      /others\.json: expected every speaker .*received no fold for 3; folds of speakers without labelled recordings: 9\./,
    );
  });

  it('are refused for telling speakers apart', async () => {
    await expect(probe('builtin', { folds: 'any.json', task: 'speakers' })).rejects.toThrow(/Leave --folds out/);
  });
});

describe('spoken digits', () => {
  /** Takes 3 to 6 of 2 digits by 2 speakers: 10 frames of a tone each, its pitch told by the digit. */
  async function digits(name: string, speakers = ['ann', 'bea']): Promise<string> {
    const path = join(folder, name);
    await mkdir(path);
    for (const digit of [0, 7])
      for (const [index, speaker] of speakers.entries())
        for (const take of [3, 4, 5, 6]) {
          const pitchHz = 300 + 100 * digit + 40 * index + take;
          const samples = Float32Array.from(
            { length: 1600 },
            (_, n) => 0.5 * Math.sin((2 * Math.PI * pitchHz * n) / 16_000),
          );
          await writeFile(
            join(path, `${digit}_${speaker}_${take}.wav`),
            encodeWav({ sampleRateHz: 16_000, channels: [samples] }),
          );
        }
    return path;
  }
  const split =
    'the data set’s own split (takes 0 to 4 scored, later ones fitted, the same speakers in both): 8 recordings to fit, 8 to score';

  it('are told by 80 frames of takes 3 and 4, after those of takes 5 and 6, out of 10 classes', async () => {
    const { results } = await probe(await digits('digits'), { task: 'digits', baselines: ['mfcc'] });
    expect(results[1]).toMatchObject({ classes: 10, counts: { train: 80, test: 80 }, folds: 1, split });
    expect(results[1]?.accuracy).toBeGreaterThan(0.95);
    expect(results[1]).not.toHaveProperty('pooled');
    expect(results[1]?.confidence).toMatchObject({ over: 'recordings', clusters: 8 });
    expect(results[1]?.confusion?.[7]?.[7]).toBeGreaterThan(37);
  });

  it('and speakers are told recording by recording with pooled features: 8 examples, kept beside those of frames', async () => {
    const data = await digits('pooled', ['cem', 'dan']);
    await probe(data, { task: 'digits' });
    const { results } = await probe(data, { task: 'digits', pooled: true, baselines: ['mfcc'] });
    expect(results[1]).toMatchObject({ accuracy: 1, pooled: true, classes: 10, counts: { train: 8, test: 8 }, split });
    const speakers = await probe(data, { task: 'speakers', pooled: true });
    expect(speakers.results[0]).toMatchObject({ classes: 2, counts: { train: 8, test: 8 }, split });
    const { probes } = await readRunRecord(join(folder, 'run'));
    const here = probes.filter(({ dataFingerprint }) => dataFingerprint === results[0]?.dataFingerprint);
    expect(here.map(({ task, pooled, baseline }) => [task, pooled, baseline])).toEqual([
      ['digits', undefined, undefined],
      ['digits', true, undefined],
      ['digits', true, 'mfcc'],
      ['speakers', true, undefined],
    ]);
  });

  it('are scored on unheard speakers by folds of 2', async () => {
    const folds = join(folder, 'speakers.json');
    await writeFile(folds, '[["ann"], ["bea"]]');
    const { results } = await probe(await digits('apart'), { task: 'digits', folds });
    expect(results[0]).toMatchObject({ folds: 2, counts: { train: 80, test: 160 } });
    expect(results[0]?.split).toBe('2 folds of speakers.json, no speaker on both sides');
    expect(results[0]?.confidence).toMatchObject({ over: 'speakers', clusters: 2 });
  });

  it('are refused where files are not named after them, and phones where examples are to be whole recordings', async () => {
    await expect(probe(await speech('no-digits', ids), { task: 'digits' })).rejects.toThrow(
      /expected recordings named <digit>_<speaker>_<take>.*received recordings of the layout "librispeech"/,
    );
    await expect(probe('builtin', { task: 'digits' })).rejects.toThrow(/received recordings of the layout "built-in"/);
    await expect(probe('builtin', { pooled: true })).rejects.toThrow(/one class per recording for --pooled/);
  });
});
