/**
 * A run that is killed without warning, again and again, ends with the very bytes of one that was left alone.
 */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { buildIfStale } from './test-support/build.js';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { start } from './test-support/run-command.js';

/** Ten in the slow tier; each costs a few seconds. */
const kills = process.env.CPC_SLOW === '1' ? 10 : 2;
const steps = 120;

const model = [
  'channels=6',
  'contextUnits=5',
  'windowSamples=3200',
  'batchSize=2',
  'predictionSteps=3',
  'negativeCount=8',
];
const settings = model.flatMap((setting) => ['--set', setting]);

function trainingIn(folder: string, out: string, ...more: string[]) {
  const options = [
    '--builtin',
    ...settings,
    '--steps',
    String(steps),
    '--checkpoint-every',
    '10',
    '--out',
    out,
    '--json',
  ];
  return start(['audio', 'train', ...options, ...more], { cwd: cliFolder, env: { TMPDIR: folder } });
}

beforeAll(buildIfStale);

it(`survives ${kills} SIGKILLs at random moments: the model is that of a run left alone, byte for byte`, async () => {
  const folder = temporaryFolder();
  const whole = join(folder, 'whole');
  const begun = performance.now();
  expect(await trainingIn(folder, whole).finished).toMatchObject({ code: 0 });
  const wholeMilliseconds = performance.now() - begun;

  const killed = join(folder, 'killed');
  let struck = 0;
  for (let attempt = 0; attempt < kills; attempt++) {
    const { child, finished } = trainingIn(folder, killed, ...(await resumeFlag(killed)));
    await sleep(randomInt(Math.round(wholeMilliseconds * 0.2), Math.round(wholeMilliseconds * 0.9)));
    child.kill('SIGKILL');
    if ((await finished).signal === 'SIGKILL') struck += 1;
  }
  expect(struck).toBeGreaterThan(0);
  expect(await trainingIn(folder, killed, ...(await resumeFlag(killed))).finished).toMatchObject({ code: 0 });

  const bytes = (run: string) => readFile(join(run, 'model.safetensors'));
  expect(await bytes(killed)).toEqual(await bytes(whole));
  const losses = async (run: string) => {
    const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    return lines
      .map((line) => JSON.parse(line))
      .map(({ step, lossNats }: { step: number; lossNats: number }) => [step, lossNats]);
  };
  expect(await losses(killed)).toEqual(await losses(whole));
}, 300_000);

/** A kill may strike before the folder holds a run. */
async function resumeFlag(run: string): Promise<string[]> {
  const exists = await readFile(join(run, 'run.json')).then(
    () => true,
    () => false,
  );
  return exists ? ['--resume'] : [];
}
