/**
 * Frames of the built-in world: 8 copies of a task step at random until they have drawn 1,000 frames.
 *
 * Every step plays 4 frames of the world and draws the last one: what is counted are drawn frames. One thread steps all copies in this
 * process, so that its rate is that of one core; more threads each hold some copies.
 */
import { createRandom } from '@cpc/core';
import { createBuiltInEnvironment, type VectorEnvironment } from '@cpc/environments';
import { createThreadedEnvironment } from '@cpc/environments/node';
import type { BenchmarkCase, CaseInput } from '@cpc/testing';

const tasks = [
  'rooms_watermaze',
  'explore_goal_locations',
  'seekavoid_arena',
  'lasertag_three_opponents',
  'rooms_keys_doors_puzzle',
];
const copies = 8;
const stepsTimed = 125; // 1,000 frames

export interface WorldInput extends CaseInput {
  readonly threads: number;
}

export const worldFrames: readonly BenchmarkCase<WorldInput>[] = tasks.map((task) => ({
  name: `rl-${task.replaceAll('_', '-')}`,
  summary: `1,000 drawn frames of 96 x 72 of ${task}, by 8 copies that act at random`,
  timed: true,
  prepare: async ({ threads }) => ({ settings: { task, copies }, parameters: {}, batches: [], threads }),
  ours: ({ threads }, tools) =>
    tools.ownSide('cpu', async () => {
      const environment = await environmentOf(task, threads);
      await environment.reset(1);
      return {
        step: async (number) => {
          const actions = actionsOf(number, environment.spec.actions.length);
          const started = performance.now();
          for (const chosen of actions) await environment.step(chosen);
          return { milliseconds: performance.now() - started };
        },
        dispose: () => environment.close(),
      };
    }),
}));

async function environmentOf(name: string, threads: number): Promise<VectorEnvironment> {
  if (threads === 1) return createBuiltInEnvironment({ name, copies });
  return createThreadedEnvironment({ source: { name }, copies, threads });
}

function actionsOf(number: number, count: number): Int32Array[] {
  const random = createRandom(number);
  return Array.from({ length: stepsTimed }, () => Int32Array.from({ length: copies }, () => random.integer(count)));
}
