/**
 * Thirty SIGKILLs at random moments, over all domains. Every run then ends with the very files of one that was left alone, and nothing
 * is left behind: no part of a file, no lock, no fourth checkpoint, no folder of intermediate files.
 */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@cpc/base';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, expect, it } from 'vitest';
import { cliFolder, temporaryFolder } from './test-support/fake-project.js';
import { type Finished, start } from './test-support/run-command.js';
import { filesOf } from './test-support/run-files.js';
import { smallSettings } from './test-support/small-settings.js';

/** Another one every time; set CPC_KILL_SEED to the one that a failure names to strike at the same moments again. */
const seed = Number(process.env.CPC_KILL_SEED ?? randomInt(2 ** 31));

const domains = [
  { domain: 'audio', kills: 8, steps: 120, settings: smallSettings.audio },
  { domain: 'text', kills: 8, steps: 200, settings: `${smallSettings.text} vocabularySize=100` },
  { domain: 'vision', kills: 7, steps: 60, settings: smallSettings.vision },
  { domain: 'rl', kills: 7, steps: 120, settings: smallSettings.rl },
] as const;

/** Sentences that are numbered into TMPDIR before training. */
async function books(folder: string): Promise<string> {
  const path = join(folder, 'books');
  await mkdir(path);
  const sentence = (at: number) => `The ${['cat', 'boat', 'cake', 'tree'][at % 4]} saw ${at % 7} birds by the sea.`;
  const text = Array.from({ length: 3_000 }, (_, at) => sentence(at)).join('\n');
  for (const name of ['one.txt', 'two.txt']) await writeFile(join(path, name), text);
  return path;
}

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

it.each(domains)(
  '$domain, killed $kills times, ends with the files of a run left alone, byte for byte',
  async (each) => {
    const { domain, kills, steps, settings } = each;
    const folder = temporaryFolder();
    const scratch = join(folder, 'scratch');
    await mkdir(scratch);
    const data = {
      audio: ['--builtin'],
      vision: ['--builtin'],
      rl: ['--env', 'cart_pole'],
      text: ['--data', await books(folder)],
    };
    const options = [
      ...data[domain],
      ...settings.split(' ').flatMap((setting) => ['--set', setting]),
      ...['--steps', String(steps), '--checkpoint-every', '5', '--threads', '1', '--json'],
    ];
    const train = (out: string) => {
      const resume = existsSync(join(out, 'run.json')) ? ['--resume'] : [];
      return start([domain, 'train', ...options, '--out', out, ...resume], {
        cwd: cliFolder,
        env: { TMPDIR: scratch },
      });
    };

    const whole = join(folder, 'whole');
    const begun = performance.now();
    expect(await train(whole).finished).toMatchObject({ code: 0 });
    const wholeMilliseconds = performance.now() - begun;

    const killed = join(folder, 'killed');
    const random = createRandom(seed).fold(domain);
    const moments = Array.from({ length: kills }, () => wholeMilliseconds * (0.15 + 0.75 * random.uniform()));
    const story = `CPC_KILL_SEED=${seed}: killed after ${moments.map(Math.round).join(', ')} ms of ${Math.round(wholeMilliseconds)}`;
    let struck = 0;
    for (const moment of moments) {
      const { child, finished } = train(killed);
      await sleep(moment);
      child.kill('SIGKILL');
      struck += (await finished).signal === 'SIGKILL' ? 1 : 0;
    }
    expect(struck, story).toBeGreaterThan(0);
    const last: Finished = await train(killed).finished;
    expect(last, story).toMatchObject({ code: 0 });

    expect(await filesOf(killed), story).toEqual(await filesOf(whole));
    expect(
      (await readdir(killed)).filter((name) => /lock|tmp|takeover/.test(name)),
      story,
    ).toEqual([]);
    const checkpoints = await readdir(join(killed, 'checkpoints'));
    expect(checkpoints.length, story).toBe(3);
    expect(await readdir(scratch), story).toEqual([]);
  },
  900_000,
);
