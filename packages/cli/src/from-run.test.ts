/** A run whose loss stops being a number keeps its last good parameters, and another run goes on from them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMetrics, readRunRecord } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Finished, run } from './test-support/run-command.js';
import { smallSettings } from './test-support/small-settings.js';

const small = {
  audio: smallSettings.audio.split(' '),
  text: ['vocabularySize=80', 'embeddingSize=8', 'channels=8', 'contextUnits=8', 'batchSize=4', 'negativeCount=20'],
  vision: [
    ...[
      'resizePixels=28',
      'patchPixels=8',
      'patchStride=4',
      'gridSize=5',
      'lastOffset=4',
      'subcropPixels=7',
      'depth=18',
    ],
    ...['width=4', 'contextUnits=8', 'negativeCount=50', 'batchSize=4'],
  ],
  rl: ['copies=2', 'unrollSteps=5', 'encoderUnits=8', 'contextUnits=8', 'predictionSteps=2', 'negativeCount=4'],
} as const;
type Name = keyof typeof small;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-from-'));
  await ensureBuilt('@cpc/cli');
}, 300_000);
afterAll(() => rm(folder, { recursive: true }));

/** Training without threads for batches, which would cost more time than they save. */
function train(name: Name, out: string, settings: readonly string[], ...more: string[]): Promise<Finished> {
  const data = name === 'rl' ? ['--env', 'delayed_cue'] : ['--builtin'];
  const set = settings.flatMap((setting) => ['--set', setting]);
  return run([name, 'train', ...data, ...set, '--threads', '1', '--workers', '0', '--out', out, ...more], {
    cwd: folder,
  });
}

describe.each(Object.keys(small) as Name[])('%s', (name) => {
  it('goes on for 100 finite updates from a run that a rate of 1e30 broke, with its settings and another rate', async () => {
    const broken = await train(name, `${name}-broken`, [...small[name], 'learningRate=1e30'], '--steps', '50');
    expect(broken).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/expected a finite.*parameters of update \d+ are kept.*--from/s),
    });
    const failed = await readRunRecord(join(folder, `${name}-broken`));
    expect(failed.status).toBe('failed');
    await readFile(join(folder, `${name}-broken`, 'model.safetensors'));

    const from = ['--from', `${name}-broken`];
    const more = await train(name, `${name}-more`, ['learningRate=1e-4'], ...from, '--steps', '100', '--json');
    expect({ code: more.code, stderr: more.code === 0 ? '' : more.stderr }).toEqual({ code: 0, stderr: '' });
    const record = await readRunRecord(join(folder, `${name}-more`));
    expect(record.startedFrom?.run).toBe(`${name}-broken`);
    expect(record.settings.contextUnits?.value).toBe(failed.settings.contextUnits?.value);
    const losses = (await readMetrics(join(folder, `${name}-more`))).map(({ lossNats }) => lossNats);
    expect(losses).toHaveLength(100);
    expect(losses.every(Number.isFinite)).toBe(true);
  }, 240_000);

  it('takes settings of the run for its own preset only: another preset is as it is, and refused by its shapes', async () => {
    const refused = await train(
      name,
      `${name}-paper`,
      [],
      '--from',
      `${name}-more`,
      '--preset',
      'paper',
      '--steps',
      '1',
    );
    expect(refused.stderr).toMatch(/settings that differ: .*contextUnits \d there, \d{2,} here/);
    expect(refused.code).toBe(2);
  }, 120_000);

  it('refuses contextUnits of 9 where the run has others, naming the setting, before a folder is made', async () => {
    const refused = await train(name, `${name}-other`, ['contextUnits=9'], '--from', `${name}-more`, '--steps', '1');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/settings that differ: .*contextUnits \d there, 9 here/);
    await expect(readFile(join(folder, `${name}-other`, 'run.json'))).rejects.toThrow(/ENOENT/);
  }, 120_000);
});

it('of audio, stopped after 4 updates and resumed without the run it began from, ends with the bytes of one left alone', async () => {
  const from = ['--from', 'audio-more'];
  await train('audio', 'whole', [], ...from, '--steps', '8');
  await train('audio', 'halves', [], ...from, '--steps', '4');
  await rm(join(folder, 'audio-more', 'checkpoints'), { recursive: true });
  const resumed = await train('audio', 'halves', [], ...from, '--steps', '8', '--resume');
  expect(resumed.code).toBe(0);
  const [whole, halves] = await Promise.all(
    ['whole', 'halves'].map((name) => readFile(join(folder, name, 'model.safetensors'))),
  );
  expect(halves?.equals(whole ?? Buffer.of())).toBe(true);
}, 120_000);

describe('settings that contradict each other exit with 2, named, and leave no folder', () => {
  it.each([
    ['text', ['batchSize=8'], /negativeCount: expected at most 48.*batchSize 8 x sentencesPerExample 6/],
    ['text', ['predictionSteps=6'], /predictionSteps: expected fewer than sentencesPerExample/],
    ['audio', ['windowSamples=10300'], /windowSamples: expected a multiple of 160/],
    ['audio', ['windowSamples=1600'], /windowSamples: expected .* at least 2080/],
    [
      'audio',
      ['batchSize=1', 'negatives="mixed-speaker-excluding-own"'],
      /negativeCount: expected at most 0.*a batch of at least 2/,
    ],
    ['audio', ['negatives="own-and-others"', 'negativeCount=7'], /negativeCount: expected an even number/],
    ['audio', ['layers=[{"kernelLength":2,"stride":4}]'], /layers: expected a kernelLength of at least the stride/],
    ['vision', ['batchSize=1', 'negatives="other-images"'], /negativeCount: expected at most 0/],
    ['rl', ['predictionSteps=30', 'unrollSteps=20'], /predictionSteps: expected fewer than unrollSteps/],
  ] as const)('%s %j', async (name, settings, message) => {
    const refused = await train(name, 'contradiction', settings, '--steps', '1');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    await expect(readFile(join(folder, 'contradiction', 'run.json'))).rejects.toThrow(/ENOENT/);
  });
});
