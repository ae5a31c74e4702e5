/** The whole loss of an update, on a tiny agent: by loops, by finite differences, and on two engines. */
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import { createUpdateStep, type Engine, flatten, type HostArray, rmsprop, type Tree, unflatten } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { largestRelativeDifference } from '@cpc/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type TinyAgentOptions,
  tinyLossOptions,
  tinyParameters,
  tinyPicture,
  tinyShape,
  tinyUnroll,
} from '../test-support/tiny-agent.js';
import { createAgentLoss } from './agent-loss.js';

const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

interface Measured {
  readonly options: TinyAgentOptions;
  readonly engine?: 'onnx' | 'cpu';
  readonly unroll?: NamedHostTensors;
}

/** A function from parameters to loss, metrics and gradients. */
async function prepared({ options, engine = 'cpu', unroll }: Measured) {
  const lossOptions = tinyLossOptions(options);
  const parameters = tinyParameters(lossOptions);
  const step = await createUpdateStep({
    loss: createAgentLoss(lossOptions),
    engine: engines[engine] as Engine,
    optimiser: rmsprop({ learningRate: 1e-3 }),
    parameters,
  });
  const batch = unroll ?? tinyUnroll(lossOptions);
  const at = async (changed: Tree<HostArray>) => {
    const named = Object.fromEntries(
      Object.entries(flatten(changed)).map(([path, leaf]) => [`parameters/${path}`, leaf]),
    );
    step.state.load({ ...step.state.current, ...named });
    return step.gradients(batch);
  };
  return { parameters, batch, at, lossOptions };
}

const first = (tensor: HostTensor | undefined) => tensor?.data[0] ?? Number.NaN;

describe.each([
  ['of vectors, with the contrastive task', { contrastive: true }],
  ['of vectors, without it', { contrastive: false }],
  ['of pictures, with it', { contrastive: true, shape: tinyShape(tinyPicture) }],
] satisfies [string, TinyAgentOptions][])('the loss %s', (_, options) => {
  it('has gradients that finite differences confirm, to 1 % in every parameter tensor', async () => {
    const { parameters, at } = await prepared({ options });
    const { gradients } = await at(parameters);
    const kept = Object.fromEntries(Object.entries(gradients).map(([path, { data }]) => [path, data.slice()]));
    for (const [path, leaf] of Object.entries(flatten(parameters))) {
      const exact = Array.from(kept[path] ?? []);
      const place = exact.reduce(
        (best, value, index) => (Math.abs(value) > Math.abs(exact[best] ?? 0) ? index : best),
        0,
      );
      const lossWith = async (change: number) => {
        const data = leaf.data.slice();
        data[place] = (data[place] ?? 0) + change;
        return first(
          (await at(unflatten({ ...flatten(parameters), [path]: { shape: leaf.shape, data } }))).metrics.loss,
        );
      };
      const step = 2e-3;
      const slope = ((await lossWith(step)) - (await lossWith(-step))) / (2 * step);
      expect(Math.abs(slope - (exact[place] ?? 0)), `${path}[${place}]: ${slope} and ${exact[place]}`).toBeLessThan(
        0.01 * Math.max(1, Math.abs(slope)),
      );
    }
  });

  it('is the same on cpu and onnx: loss, metrics and every gradient, none of them all zero, to 1e-4', async () => {
    const [oracle, compiled] = await Promise.all(
      (['cpu', 'onnx'] as const).map(async (engine) => {
        const { parameters, at } = await prepared({ options, engine });
        return at(parameters);
      }),
    );
    expect(largestRelativeDifference(oracle?.metrics ?? {}, compiled?.metrics ?? {})).toBeLessThan(1e-4);
    for (const [path, gradient] of Object.entries(oracle?.gradients ?? {})) {
      expect(
        gradient.data.some((value) => value !== 0),
        path,
      ).toBe(true);
      const difference = largestRelativeDifference(
        { path: gradient },
        { path: compiled?.gradients[path] as HostTensor },
      );
      expect(difference, path).toBeLessThan(1e-4);
    }
  });
});

describe('sums over batch and time', () => {
  it('are 12 times the means, for 2 copies of 6 steps, in loss and gradients', async () => {
    const [sum, mean] = await Promise.all(
      (['sum', 'mean'] as const).map(async (lossReduction) => {
        const { parameters, at } = await prepared({ options: { lossReduction } });
        return at(parameters);
      }),
    );
    expect(first(sum?.metrics.loss)).toBeCloseTo(12 * first(mean?.metrics.loss), 4);
    const [one, other] = [sum, mean].map((result) => result?.gradients['policy/kernel']?.data ?? []);
    expect(one?.[0]).toBeCloseTo(12 * (other?.[0] ?? Number.NaN), 4);
  });
});

describe('the contrastive task', () => {
  it('is on or off with all else equal: the same 10 first parameters, policy loss, value loss and entropy', async () => {
    const [on, off] = await Promise.all(
      [true, false].map(async (contrastive) => {
        const { parameters, at } = await prepared({ options: { contrastive } });
        return { parameters: flatten(parameters), metrics: (await at(parameters)).metrics };
      }),
    );
    const shared = Object.keys(off?.parameters ?? {});
    expect(shared).toHaveLength(10);
    for (const path of shared) expect(on?.parameters[path]).toEqual(off?.parameters[path]);
    for (const name of ['policyLoss', 'valueLoss', 'entropy'])
      expect(on?.metrics[name]?.data, name).toEqual(off?.metrics[name]?.data);
    expect(on?.metrics.accuracyPerStep?.data).toHaveLength(2);
    expect(off?.metrics.accuracyPerStep).toBeUndefined();
  });
});

describe('an episode that starts at step 3 of copy 0', () => {
  const withStart = async (change: (unroll: NamedHostTensors) => void) => {
    const lossOptions = tinyLossOptions();
    const starts = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    const unroll = tinyUnroll(lossOptions, { starts });
    change(unroll);
    const { at, parameters } = await prepared({ options: {}, unroll });
    return (await at(parameters)).metrics;
  };

  it('hides from its steps the state, reward and action before it: the last reward at its start counts as 0', async () => {
    const plain = await withStart(() => undefined);
    const other = await withStart(({ lastRewards, lastActions }) => {
      if (lastRewards !== undefined) lastRewards.data[3] = 99;
      if (lastActions !== undefined) lastActions.data[3] = (1 + (lastActions.data[3] ?? 0)) % 3;
    });
    expect(first(other.loss)).toBe(first(plain.loss));
  });
});

describe('predictions across the end of an episode', () => {
  const lossPerStep = async (starts: readonly number[]) => {
    const { parameters, at } = await prepared({ options: {}, unroll: tinyUnroll(tinyLossOptions(), { starts }) });
    return Array.from((await at(parameters)).metrics.lossPerStep?.data ?? []);
  };

  it('do not count: among episodes of 2 steps, the loss at distance 2 is 0 and that at distance 1 is not', async () => {
    const [one = 0, two] = await lossPerStep([0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(one).toBeGreaterThan(0);
    expect(two).toBe(0);
  });

  it('are all there is to leave out: among unrolls of one episode, both losses are above 0', async () => {
    for (const loss of await lossPerStep(Array(12).fill(0))) expect(loss).toBeGreaterThan(0);
  });
});
