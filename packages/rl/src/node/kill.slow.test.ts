/** A training process that is killed again and again ends with the model of one that was left alone. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/core';
import { readMetrics, runPaths, type TrainRequest } from '@cpc/runs';
import { ensureBuilt } from '@cpc/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const steps = 120;
const kills = 6;
const packageFolder = join(import.meta.dirname, '..', '..');
let folder: string;

beforeAll(async () => {
  await ensureBuilt('@cpc/rl');
  folder = await mkdtemp(join(tmpdir(), 'cpc-rl-kill-'));
}, 600_000);
afterAll(() => rm(folder, { recursive: true }));

const set = (value: number) => ({ value, source: 'set' }) as const;

function requestFor(out: string, resume: boolean): TrainRequest {
  const sizes = { unrollSteps: set(20), encoderUnits: set(32), contextUnits: set(32), predictionSteps: set(5) };
  return {
    ...{ data: 'cart_pole', preset: 'small', overrides: sizes, steps, seed: 3, checkpointEverySteps: 7, workers: 1 },
    ...{ engine: { name: 'onnx', threads: 1 }, strict: false, command: 'test', out: join(folder, out), resume },
  };
}

/** Trains in a process of its own, with the environment in a thread; killed after so many updates. @returns updates told of. */
function trainIn(request: TrainRequest, killAfter = Number.POSITIVE_INFINITY): Promise<number> {
  const script = `
    import { trainRl } from '@cpc/rl/node';
    const request = JSON.parse(process.argv[1]);
    for await (const event of trainRl(request, { stopRequested: () => false })) {
      if (event.type !== 'step-end') continue;
      process.stdout.write('.');
      await new Promise((resolve) => setTimeout(resolve, 5)); // else it may be done before the kill comes
    }
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, JSON.stringify(request)], {
    cwd: packageFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = 0;
  child.stdout.on('data', (dots: Buffer) => {
    told += dots.length;
    if (told >= killAfter) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(told));
  });
}

it(`of ${steps} updates, killed ${kills} times, has the model and the figures of a run left alone, to the last bit`, async () => {
  const random = createRandom(8);
  await trainIn(requestFor('killed', false), 3);
  for (let kill = 1; kill < kills; kill++) await trainIn(requestFor('killed', true), 1 + random.integer(25));
  expect(await trainIn(requestFor('killed', true))).toBeGreaterThan(0);
  expect(await trainIn(requestFor('alone', false))).toBe(steps);
  const [killed, alone] = await Promise.all(
    ['killed', 'alone'].map((run) => readFile(runPaths(join(folder, run)).model)),
  );
  expect(killed?.equals(alone ?? Buffer.of())).toBe(true);
  const figures = async (run: string) =>
    (await readMetrics(join(folder, run))).map(({ step, lossNats, gradientNorm, agent }) => ({
      ...{ step, lossNats, gradientNorm },
      ...{ frames: agent?.frames, episodes: agent?.episodes, episodeReturn: agent?.episodeReturn },
    }));
  expect(await figures('killed')).toEqual(await figures('alone'));
}, 600_000);
