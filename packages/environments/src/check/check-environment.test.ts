import { describe, expect, it } from 'vitest';
import { builtInEnvironmentNames, createBuiltInEnvironment } from '../built-in.js';
import type { EnvironmentStep, VectorEnvironment } from '../environment.js';
import { createCartPole } from '../small/cart-pole.js';
import { vectorise } from '../vectorise.js';
import { checkEnvironment } from './check-environment.js';

const cartPole = () => vectorise({ create: createCartPole, copies: 3 });

/** Cart-pole with steps changed, counted over resets. */
function changed(change: (step: EnvironmentStep, count: number) => object): VectorEnvironment {
  const environment = cartPole();
  let count = 0;
  return {
    ...environment,
    step: async (actions) => {
      const step = await environment.step(actions);
      return { ...step, ...change(step, count++) };
    },
  };
}

describe('checkEnvironment', () => {
  it.each(builtInEnvironmentNames)(
    'finds nothing wrong with %s',
    async (name) => {
      const environment = createBuiltInEnvironment({ name, copies: 2 });
      const { problems } = await checkEnvironment(environment, { steps: name === 'seekavoid_arena' ? 310 : 60 });
      expect(problems).toEqual([]);
    },
    120_000,
  );

  it('says that the ends of episodes and saving were not checked where there are none', async () => {
    const { save: _, restore: __, ...environment } = createBuiltInEnvironment({ name: 'rooms_watermaze', copies: 1 });
    expect(await checkEnvironment(environment, { steps: 5 })).toEqual({
      problems: [],
      unchecked: [
        'the rule of episodes that end: none ended within 5 steps',
        'saving: the environment has no save and restore',
      ],
    });
  });

  it.each([
    ['fewer than 2 actions', { actions: ['only'] }, 'spec.actions has 1 entries, fewer than 2'],
    ['an action twice', { actions: ['on', 'on'] }, 'spec.actions names an action twice'],
    ['a length of 0', { observation: { shape: [0], dtype: 'float32' as const } }, 'lengths below 1: [0]'],
    ['half a frame', { actionRepeat: 0.5 }, 'spec.actionRepeat is 0.5'],
  ])('finds a specification with %s', async (_, change, problem) => {
    const environment = cartPole();
    const { problems } = await checkEnvironment({ ...environment, spec: { ...environment.spec, ...change } });
    expect(problems.join()).toContain(problem);
  });

  it.each<[string, (step: EnvironmentStep, count: number) => object, string | RegExp]>([
    ['rewards of a wrong type', () => ({ rewards: new Float64Array(3) }), 'rewards is not a Float32Array'],
    ['a reward that is not a number', () => ({ rewards: Float32Array.of(1, Number.NaN, 1) }), 'not finite'],
    ['too few flags', () => ({ truncated: new Uint8Array(2) }), 'truncated has 2 entries for 3 copies'],
    ['observations of another size', () => ({ observations: new Float32Array(3) }), 'have 3 values, not 12'],
    ['observations of another type', () => ({ observations: new Uint8Array(12) }), 'are not a Float32Array'],
    ['both flags at once', ({ terminated }) => ({ truncated: terminated }), 'terminated and truncated at once'],
    [
      'no last observations',
      () => ({ finalObservations: new Map() }),
      /finalObservations has copies \[\], but \[\d\] ended/,
    ],
    [
      'a step that does not repeat',
      (_, count) => ({ rewards: new Float32Array(3).fill(count) }),
      'the same seed and actions gave something else at step 0',
    ],
    [
      'a reset that comes a step late',
      ({ observations, finalObservations }) => {
        const late = observations.slice();
        for (const [copy, last] of finalObservations) late.set(last, 4 * copy);
        return { observations: late };
      },
      'not the start of the next one',
    ],
  ])('finds %s', async (_, change, problem) => {
    const { problems } = await checkEnvironment(changed(change), { steps: 100 });
    expect(problems.join()).toMatch(problem);
  });

  it('finds an episode longer than the specification says', async () => {
    const environment = cartPole();
    const { problems } = await checkEnvironment({ ...environment, spec: { ...environment.spec, episodeSteps: 3 } });
    expect(problems.join()).toMatch(/an episode lasted \d+ steps or more, but spec.episodeSteps is 3/);
  });

  it('finds an array that is used again', async () => {
    const environment = cartPole();
    const shared = new Float32Array(12);
    const share = (observations: ArrayLike<number>) => {
      shared.set(observations);
      return shared;
    };
    const { problems } = await checkEnvironment({
      ...environment,
      reset: async (seed) => share(await environment.reset(seed)),
      step: async (actions) => {
        const step = await environment.step(actions);
        return { ...step, observations: share(step.observations) };
      },
    });
    expect(problems).toContain('the array that reset gave was changed by later steps');
  });

  it('finds a restore that does not go back', async () => {
    const environment = cartPole();
    const { problems } = await checkEnvironment({ ...environment, restore: () => environment.reset(1) });
    expect(problems).toContain('restore gave other observations than the step before save');
    expect(problems.join()).toMatch(/after restore, step \d+ gave something else/);
  });

  it('refuses to check with 1 step', async () => {
    await expect(checkEnvironment(cartPole(), { steps: 1 })).rejects.toThrow('steps to be a whole number from 2 on');
  });
});
