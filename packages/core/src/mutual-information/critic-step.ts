/**
 * One step of training a critic on a batch of pairs, and its scores of another: both traced, so that every engine computes the
 * same.
 */
import { createState, type HostTensor, type NamedHostTensors } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { clipFactor, globalNorm } from '../optimisers/clip.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { flatten, float32Specs, type HostArray, type Tree, unflatten } from '../parameter-tree.js';
import type { TensorTree } from '../training/domain.js';
import { parameterNames, pathOf } from '../training/state-names.js';
import { initialMoments, nextBuffers, optimiserSpecs, scalarFeeds, tracedUpdate } from '../training/traced-update.js';
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
  /** Step `number`, counted from 1. @returns the objective before it. */
  readonly run: (pairs: Pairs, number: number) => Promise<number>;
  /** What the critic as it is makes of other pairs, in nats; changes nothing. */
  readonly estimate: (pairs: Pairs) => Promise<number>;
  /** A copy of the parameters now. */
  readonly current: () => Tree<HostArray>;
  readonly dispose: () => Promise<void>;
}

/** Limit on the gradient's length: a few pairs can make NWJ's gradient of any length, and one such step ends the training. */
const clipNorm = 1;

type Tensors = Readonly<Record<string, tf.Tensor>>;

export async function prepareCriticStep(options: CriticStepOptions): Promise<CriticStep> {
  const { engine, optimiser, batchSize, dimensions, estimator, critic } = options;
  const parameters = parameterNames(flatten(options.parameters));
  const names = Object.keys(parameters);
  const specs = float32Specs(parameters);
  const side = { shape: [batchSize, dimensions], dtype: 'float32' } as const;
  const state = createState({ ...parameters, ...initialMoments(optimiser, specs) });
  const update = await engine.compile((inputs) => updateOf(inputs, names, options), {
    ...specs,
    ...optimiserSpecs(optimiser, specs),
    x: side,
    y: side,
  });
  const judge = await engine.compile(
    (inputs) => ({ estimate: estimator.estimate(scoresOf(critic, inputs, treeOf(inputs, names))) }),
    { ...specs, x: side, y: side },
  );
  const parametersNow = (): NamedHostTensors =>
    Object.fromEntries(names.map((name) => [name, state.current[name] as HostTensor]));
  return {
    run: async (pairs, number) => {
      const feeds = { ...state.current, ...scalarFeeds(optimiser.scalars(number)), ...pairs };
      const { objective } = await update.run(feeds, nextBuffers(state));
      state.swap();
      return objective?.data[0] ?? Number.NaN;
    },
    estimate: async (pairs) => (await judge.run({ ...parametersNow(), ...pairs })).estimate?.data[0] ?? Number.NaN,
    current: () => unflatten(Object.fromEntries(names.map((name) => [pathOf(name), hostArrayOf(state.current[name])]))),
    dispose: async () => {
      await update.dispose();
      await judge.dispose();
    },
  };
}

/** Traced: the objective of the batch, and every parameter a step up from where it was. */
function updateOf(inputs: Tensors, names: readonly string[], options: CriticStepOptions): Record<string, tf.Tensor> {
  const { critic, estimator, optimiser } = options;
  const loss = (...tensors: tf.Tensor[]): tf.Scalar => {
    const tree = treeOf(Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor])), names);
    return tf.neg(estimator.objective(scoresOf(critic, inputs, tree)));
  };
  const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => inputs[name] as tf.Tensor));
  const factor = clipFactor(globalNorm(grads), clipNorm);
  const updates = names.map((name, index) =>
    tracedUpdate(optimiser, inputs, {
      name,
      parameter: inputs[name] as tf.Tensor,
      gradient: tf.mul(grads[index] as tf.Tensor, factor),
    }),
  );
  return Object.assign({ objective: tf.neg(value) }, ...updates);
}

/** A copy. */
function hostArrayOf(tensor: HostTensor | undefined): HostArray {
  return { shape: tensor?.shape ?? [], data: Float32Array.from(tensor?.data ?? []) };
}

function scoresOf(critic: Critic, { x, y }: Tensors, parameters: TensorTree): tf.Tensor2D {
  return critic.scores(parameters, x as tf.Tensor2D, y as tf.Tensor2D);
}

function treeOf(tensors: Tensors, names: readonly string[]): TensorTree {
  return unflatten(Object.fromEntries(names.map((name) => [pathOf(name), tensors[name] as tf.Tensor])));
}
