/**
 * A critic in training on batches of pairs, and its estimate on others: both traced, so that every engine computes the same.
 *
 * Letters used for shapes here:
 *   N  pairs    d  dimensions
 */
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { flatten, float32Specs, type HostArray, type Tree } from '../parameter-tree.js';
import type { BatchTensors, TensorTree } from '../training/domain.js';
import { createLossStep } from '../training/loss-step.js';
import { parameterNames, treeOfParameters } from '../training/state-names.js';
import type { Pairs } from './correlated-gaussians.js';
import type { Critic } from './critics.js';
import type { InformationEstimator } from './estimators.js';

export interface CriticStepOptions {
  readonly critic: Critic;
  readonly estimator: InformationEstimator;
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Parameters to start from. */
  readonly parameters: Tree<HostArray>;
  /** N. */
  readonly batchSize: number;
  /** d. */
  readonly dimensions: number;
}

export interface CriticStep {
  /** Step `number`, counted from 1. @returns the objective before it. @throws {CpcError} if that is not finite. */
  readonly run: (pairs: Pairs, number: number) => Promise<number>;
  /** What the critic as it is makes of other pairs, in nats; changes nothing. */
  readonly estimate: (pairs: Pairs) => Promise<number>;
  /** A copy of the parameters now. */
  readonly current: () => Tree<HostArray>;
  readonly dispose: () => Promise<void>;
}

/** Limit on the gradient's length: a few pairs can make NWJ's gradient of any length, and one such step ends the training. */
const clipNorm = 1;

export async function prepareCriticStep(options: CriticStepOptions): Promise<CriticStep> {
  const { critic, estimator, engine, optimiser, parameters, batchSize, dimensions } = options;
  const scoresOf = (tree: TensorTree, { x, y }: BatchTensors) =>
    critic.scores(tree, x as tf.Tensor2D, y as tf.Tensor2D);
  const side = { shape: [batchSize, dimensions], dtype: 'float32' } as const;
  const batch = { x: side, y: side };
  const loss = (tree: TensorTree, pairs: BatchTensors) => tf.neg<tf.Scalar>(estimator.objective(scoresOf(tree, pairs)));
  const update = await createLossStep({ engine, optimiser, parameters, batch, loss, clipNorm });
  const named = parameterNames(flatten(parameters));
  const judge = await engine.compile(
    (inputs) => ({ estimate: estimator.estimate(scoresOf(treeOf(inputs, Object.keys(named)), inputs)) }),
    { ...float32Specs(named), ...batch },
  );
  return {
    run: async (pairs, number) => -(await update.run({ ...pairs }, number)),
    estimate: async (pairs) => {
      const { estimate } = await judge.run({ ...parameterNames(flatten(update.current())), ...pairs });
      return estimate?.data[0] ?? Number.NaN;
    },
    current: update.current,
    dispose: async () => {
      await update.dispose();
      await judge.dispose();
    },
  };
}

function treeOf(tensors: BatchTensors, names: readonly string[]): TensorTree {
  return treeOfParameters(names, (name) => tensors[name]);
}
