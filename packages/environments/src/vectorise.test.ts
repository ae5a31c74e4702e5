import { CpcArgumentError, CpcError } from '@cpc/base';
import { expect, it } from 'vitest';
import type { EnvironmentStep, VectorEnvironment } from './environment.js';
import { createCartPole } from './small/cart-pole.js';
import { createDelayedCue } from './small/delayed-cue.js';
import { vectorise } from './vectorise.js';

/** Pushes copy b at step t to a side that differs between copies and steps. */
const actionsAt = (step: number, copies: number) => Int32Array.from({ length: copies }, (_, copy) => (step + copy) % 2);

async function run(environment: VectorEnvironment, from: number, to: number): Promise<EnvironmentStep[]> {
  const steps: EnvironmentStep[] = [];
  for (let step = from; step < to; step++) steps.push(await environment.step(actionsAt(step, environment.copies)));
  return steps;
}

it('gives the same 100 steps twice for one seed, and others for another', async () => {
  const environment = vectorise({ create: createCartPole, copies: 3 });
  const first = [await environment.reset(1), await run(environment, 0, 100)];
  const second = [await environment.reset(1), await run(environment, 0, 100)];
  const other = [await environment.reset(2), await run(environment, 0, 100)];
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
});

it('resets a copy within the step that ends its episode and keeps what was last seen', async () => {
  const environment = vectorise({ create: () => createDelayedCue({ delaySteps: 0 }), copies: 2 });
  await environment.reset(1);
  const early = await environment.step(Int32Array.of(0, 2)); // copy 0 answers before it is asked
  expect([...early.terminated]).toEqual([1, 0]);
  expect([...early.rewards]).toEqual([-1, 0]);
  expect([...early.finalObservations.keys()]).toEqual([0]);
  expect([...(early.finalObservations.get(0) ?? [])]).toEqual([0, 1]);
  expect(Math.abs(early.observations[0] ?? 0)).toBe(1); // copy 0 sees the cue of its next episode
  expect([...early.observations.slice(2)]).toEqual([0, 1]);
});

it('starts 20 episodes of one copy in 20 places', async () => {
  const environment = vectorise({ create: createCartPole, copies: 1 });
  const starts = [(await environment.reset(1))[0]];
  while (starts.length < 20) {
    const { terminated, observations } = await environment.step(Int32Array.of(1));
    if (terminated[0] === 1) starts.push(observations[0]);
  }
  expect(new Set(starts).size).toBe(20);
});

it('plays copies 2 and 3 of a batch of 4 alike where they are the only two', async () => {
  const all = vectorise({ create: createCartPole, copies: 4 });
  const some = vectorise({ create: createCartPole, copies: 2, firstCopy: 2 });
  expect((await all.reset(5)).slice(8)).toEqual(await some.reset(5));
});

it('goes on after 60 steps as if it had not been saved, restored in another object', async () => {
  const through = vectorise({ create: createCartPole, copies: 3 });
  await through.reset(1);
  await run(through, 0, 60);
  const state = await through.save?.();
  const rest = await run(through, 60, 160);
  const again = vectorise({ create: createCartPole, copies: 3 });
  const observations = await again.restore?.(state ?? new Uint8Array());
  expect(await again.save?.()).toEqual(state);
  expect(await run(again, 60, 160)).toEqual(rest);
  await through.restore?.(state ?? new Uint8Array());
  expect(observations).toEqual(await again.restore?.(state ?? new Uint8Array()));
});

it('refuses a state that is damaged, or that of 2 copies for 3', async () => {
  const two = vectorise({ create: createCartPole, copies: 2 });
  const three = vectorise({ create: createCartPole, copies: 3 });
  await two.reset(1);
  const state = (await two.save?.()) ?? new Uint8Array();
  await expect(three.restore?.(state)).rejects.toThrow('the state of 3 copies of cart_pole, received that of 2');
  await expect(two.restore?.(state.slice(1))).rejects.toThrow(CpcError);
});

it.each([
  ['of a wrong number', Int32Array.of(0), 'an action for each of 2 copies, received 1 actions'],
  ['that do not exist', Int32Array.of(0, 2), 'actions from 0 to 1 (push_left, push_right), received 2'],
  ['below 0', Int32Array.of(-1, 0), 'received -1'],
])('rejects actions %s', async (_, actions, message) => {
  const environment = vectorise({ create: createCartPole, copies: 2 });
  await environment.reset(1);
  await expect(environment.step(actions)).rejects.toThrow(message);
});

it('rejects a step before the first reset, no copies at all, and copies that differ', async () => {
  const environment = vectorise({ create: createCartPole, copies: 1 });
  await expect(environment.step(Int32Array.of(0))).rejects.toThrow('a call of `reset` first');
  expect(() => vectorise({ create: createCartPole, copies: 0 })).toThrow(CpcArgumentError);
  let made = 0;
  const create = () => (made++ === 0 ? createCartPole() : createDelayedCue());
  expect(() => vectorise({ create, copies: 2 })).toThrow('Let `create` make the same environment every time');
});

it('rejects an observation that is not what the specification says', async () => {
  const create = () => ({ ...createCartPole(), reset: () => new Float32Array(5) });
  await expect(vectorise({ create, copies: 1 }).reset(1)).rejects.toThrow('an observation of 4 values of float32');
});

it('gives the caller arrays that no later step changes', async () => {
  const environment = vectorise({ create: createCartPole, copies: 1 });
  const before = await environment.reset(1);
  const kept = before.slice();
  await run(environment, 0, 5);
  expect(before).toEqual(kept);
});
