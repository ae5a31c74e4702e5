import { createHash } from 'node:crypto';
import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { createBuiltInEnvironment } from '../built-in.js';
import type { EnvironmentStep, Observations } from '../environment.js';
import { worldTasks } from './tasks/index.js';
import { createWorldEnvironment } from './world-environment.js';

/** Stands for the bytes of a frame: comparing those themselves takes long. */
const digest = (frame: Observations) => createHash('sha1').update(new Uint8Array(frame)).digest('hex');

const summary = ({ observations, ...rest }: EnvironmentStep) => ({ observations: digest(observations), ...rest });

const randomActions = (seed: number, steps: number) => {
  const random = createRandom(seed);
  return Array.from({ length: steps }, () => random.integer(9));
};

it('counts replayed steps: seekavoid_arena is cut off at the first step after 299', async () => {
  const environment = createBuiltInEnvironment({ name: 'seekavoid_arena', copies: 1 });
  await environment.reset(1);
  for (let step = 0; step < 299; step++) await environment.step(Int32Array.of(4));
  const state = (await environment.save?.()) ?? new Uint8Array();
  const other = createBuiltInEnvironment({ name: 'seekavoid_arena', copies: 1 });
  await other.restore?.(state);
  expect((await other.step(Int32Array.of(4))).truncated[0]).toBe(1);
});

it('names the five tasks, with the episode lengths of the paper', () => {
  expect(worldTasks.map(({ name, episodeSteps }) => [name, episodeSteps])).toEqual([
    ['rooms_watermaze', 1800],
    ['explore_goal_locations', 1350],
    ['seekavoid_arena', 300],
    ['lasertag_three_opponents', 3600],
    ['rooms_keys_doors_puzzle', 900],
  ]);
});

describe.each(worldTasks.map((task) => [task.name, task] as const))('%s', (name, task) => {
  it('shows frames of 72 x 96 x 3 with 20 colours or more', async () => {
    const environment = createWorldEnvironment(task);
    const frame = await environment.reset(1);
    expect(environment.spec.observation).toEqual({ shape: [72, 96, 3], dtype: 'uint8' });
    const colours = new Set<number>();
    for (let byte = 0; byte < frame.length; byte += 3) {
      colours.add((frame[byte] ?? 0) + 256 * (frame[byte + 1] ?? 0) + 65_536 * (frame[byte + 2] ?? 0));
    }
    expect(frame).toHaveLength(20_736);
    expect(colours.size).toBeGreaterThan(20);
  });

  it('repeats 400 random steps exactly, frame by frame', async () => {
    const run = async () => {
      const environment = createWorldEnvironment(task);
      const seen: unknown[] = [digest(await environment.reset(5))];
      for (const action of randomActions(1, Math.min(400, task.episodeSteps - 1))) {
        const { observation, ...rest } = await environment.step(action);
        seen.push(digest(observation), rest);
        if (rest.terminated) break;
      }
      return seen;
    };
    expect(await run()).toEqual(await run());
  });

  it('comes to the same frame by replay, without having drawn those before', async () => {
    const actions = randomActions(2, 150);
    const stepped = createWorldEnvironment(task);
    let last = await stepped.reset(9);
    for (const action of actions) last = (await stepped.step(action)).observation;
    const replayed = (await createWorldEnvironment(task).replay?.(9, actions)) ?? new Uint8Array();
    expect(digest(replayed)).toBe(digest(last));
  });

  it('is cut off after its limit, and not before, by an agent that only looks around', async () => {
    const environment = createWorldEnvironment(task);
    environment.reset(1);
    let steps = 0;
    for (;;) {
      const { terminated, truncated } = await environment.step(4);
      steps++;
      expect(terminated).toBe(false);
      if (truncated) break;
    }
    expect(steps).toBe(task.episodeSteps);
  });

  it('goes on after a restore as it would have, 8 copies of it', async () => {
    const environment = createBuiltInEnvironment({ name, copies: 8 });
    const actionsAt = (step: number) => Int32Array.from(randomActions(100 + step, 8));
    await environment.reset(3);
    for (let step = 0; step < 40; step++) await environment.step(actionsAt(step));
    const state = (await environment.save?.()) ?? new Uint8Array();
    const through = summary(await environment.step(actionsAt(40)));
    const other = createBuiltInEnvironment({ name, copies: 8 });
    await other.restore?.(state);
    expect(summary(await other.step(actionsAt(40)))).toEqual(through);
  });
});
