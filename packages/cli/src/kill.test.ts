/**
 * A run that is killed without warning, again and again, ends with the very bytes of one that was left alone.
 */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@cpc/base';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, expect, it } from 'vitest';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { start } from './test-support/run-command.js';
import { smallOptions } from './test-support/small-settings.js';

/** Ten in the slow tier; each costs a few seconds. */
const kills = process.env.CPC_SLOW === '1' ? 10 : 2;
/** Another one every time; set CPC_KILL_SEED to the one that a failure names to strike at the same moments again. */
const seed = Number(process.env.CPC_KILL_SEED ?? randomInt(2 ** 31));
const steps = 120;

const settings = smallOptions('audio');

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

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

it(`survives ${kills} SIGKILLs at random moments: the model is that of a run left alone, byte for byte`, async () => {
  const folder = temporaryFolder();
  const whole = join(folder, 'whole');
  const begun = performance.now();
  expect(await trainingIn(folder, whole).finished).toMatchObject({ code: 0 });
  const wholeMilliseconds = performance.now() - begun;

  const killed = join(folder, 'killed');
  const random = createRandom(seed);
  const moments = Array.from({ length: kills }, () => wholeMilliseconds * (0.2 + 0.7 * random.uniform()));
  const story = `CPC_KILL_SEED=${seed}: killed after ${moments.map(Math.round).join(', ')} ms of ${Math.round(wholeMilliseconds)}`;
  let struck = 0;
  for (const moment of moments) {
    const { child, finished } = trainingIn(folder, killed, ...(await resumeFlag(killed)));
    await sleep(moment);
    child.kill('SIGKILL');
    if ((await finished).signal === 'SIGKILL') struck += 1;
  }
  expect(struck, story).toBeGreaterThan(0);
  expect(await trainingIn(folder, killed, ...(await resumeFlag(killed))).finished, story).toMatchObject({ code: 0 });

  const bytes = (run: string) => readFile(join(run, 'model.safetensors'));
  expect(await bytes(killed), story).toEqual(await bytes(whole));
  const losses = async (run: string) => {
    const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    return lines
      .map((line) => JSON.parse(line))
      .map(({ step, lossNats }: { step: number; lossNats: number }) => [step, lossNats]);
  };
  expect(await losses(killed), story).toEqual(await losses(whole));
}, 300_000);

/** A kill may strike before the folder holds a run. */
async function resumeFlag(run: string): Promise<string[]> {
  const exists = await readFile(join(run, 'run.json')).then(
    () => true,
    () => false,
  );
  return exists ? ['--resume'] : [];
}
