import { createRandom } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type ActorCriticCosts, actorCriticLoss } from './actor-critic-loss.js';

await tf.setBackend('cpu');

interface Numbers {
  readonly logits: readonly (readonly number[])[];
  readonly values: readonly number[];
  readonly actions: readonly number[];
  readonly advantages: readonly number[];
  readonly returns: readonly number[];
}

function ours({ logits, values, actions, advantages, returns }: Numbers, costs: ActorCriticCosts) {
  const decision = { logits: tf.tensor2d(logits.map((row) => [...row])), values: tf.tensor1d([...values]) };
  const outcomes = {
    actions: tf.tensor1d([...actions], 'int32'),
    advantages: tf.tensor1d([...advantages]),
    returns: tf.tensor1d([...returns]),
  };
  const parts = Object.entries(actorCriticLoss(decision, outcomes, costs));
  return Object.fromEntries(parts.map(([name, scalar]) => [name, scalar.dataSync()[0] ?? Number.NaN]));
}

/** The equations at the head of actor-critic-loss.ts, one step at a time. */
function oracle({ logits, values, actions, advantages, returns }: Numbers, costs: ActorCriticCosts) {
  const mean = (term: (step: number) => number) => logits.reduce((sum, _, step) => sum + term(step), 0) / logits.length;
  const probabilities = (step: number) => {
    const weights = (logits[step] ?? []).map(Math.exp);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  };
  const policyLoss = mean((step) => -Math.log(probabilities(step)[actions[step] ?? 0] ?? 0) * (advantages[step] ?? 0));
  const valueLoss = mean((step) => ((returns[step] ?? 0) - (values[step] ?? 0)) ** 2 / 2);
  const entropy = mean((step) => -probabilities(step).reduce((sum, share) => sum + share * Math.log(share), 0));
  return {
    loss: policyLoss + costs.baselineCost * valueLoss - costs.entropyCost * entropy,
    policyLoss,
    valueLoss,
    entropy,
  };
}

describe('the actor-critic loss', () => {
  const random = createRandom(1);
  const normals = (count: number) => Array.from({ length: count }, () => random.normal());
  const given: Numbers = {
    logits: Array.from({ length: 20 }, () => normals(4)),
    values: normals(20),
    actions: Array.from({ length: 20 }, () => random.integer(4)),
    advantages: normals(20),
    returns: normals(20),
  };

  it.each([
    { baselineCost: 0.5, entropyCost: 0.01 },
    { baselineCost: 0, entropyCost: 3 },
  ])('agrees with plain loops over 20 steps and 4 actions, to 1e-5, for costs %o', (costs) => {
    const expected = oracle(given, costs);
    const received = ours(given, costs);
    for (const [name, value] of Object.entries(expected)) expect(received[name], name).toBeCloseTo(value, 5);
  });

  it('of a uniform policy over 4 actions has an entropy of ln 4 and a policy loss of ln 4 for advantages of 1', () => {
    const uniform = {
      ...given,
      logits: given.logits.map(() => [7, 7, 7, 7]),
      advantages: given.advantages.map(() => 1),
    };
    const { entropy, policyLoss } = ours(uniform, { baselineCost: 0.5, entropyCost: 0 });
    expect(entropy).toBeCloseTo(Math.log(4), 6);
    expect(policyLoss).toBeCloseTo(Math.log(4), 6);
  });

  it('stays finite for logits of 1e4: entropy 0', () => {
    const certain = {
      ...given,
      logits: given.logits.map(() => [1e4, 0, -1e4, 0]),
      actions: given.actions.map(() => 0),
    };
    const { loss, entropy } = ours(certain, { baselineCost: 0.5, entropyCost: 0.01 });
    expect(entropy).toBeCloseTo(0, 6);
    expect(Number.isFinite(loss)).toBe(true);
  });

  it('leaves 4 tensors behind', () => {
    const decision = { logits: tf.zeros([2, 3]) as tf.Tensor2D, values: tf.zeros([2]) as tf.Tensor1D };
    const zeros = tf.zeros([2]) as tf.Tensor1D;
    const outcomes = { actions: tf.zeros([2], 'int32') as tf.Tensor1D, advantages: zeros, returns: zeros };
    const before = tf.memory().numTensors;
    actorCriticLoss(decision, outcomes, { baselineCost: 0.5, entropyCost: 0.01 });
    expect(tf.memory().numTensors).toBe(before + 4);
  });
});
