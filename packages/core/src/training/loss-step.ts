/**
 * One training step of any loss: parameters, a function from them and a batch to a number, and an optimiser, traced as one
 * function. For what is trained on labels, or to estimate something; the contrastive loss has `step.ts`, with a seam between
 * gradients and update.
 */
import { createState, type NamedHostTensors, type NamedSpecs } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { clipFactor, globalNorm, requireClipNorm } from '../optimisers/clip.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { flatten, float32Specs, type HostArray, type Tree } from '../parameter-tree.js';
import type { BatchTensors, TensorTree } from './domain.js';
import { requireFinite } from './require-finite.js';
import { parameterNames, treeOfParameters } from './state-names.js';
import { initialMoments, nextBuffers, optimiserSpecs, scalarFeeds, tracedUpdate } from './traced-update.js';

export interface LossStepOptions {
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Parameters to start from; copied. */
  readonly parameters: Tree<HostArray>;
  /** Shape and type of everything in a batch. */
  readonly batch: NamedSpecs;
  /** `[]`, differentiable; traced once, so it must compute from tensors alone. */
  readonly loss: (parameters: TensorTree, batch: BatchTensors) => tf.Scalar;
  /** Limit on the length of the whole gradient, > 0 and finite; no limit if left out. */
  readonly clipNorm?: number;
  /**
   * Every step takes this times the learning rate off the kernels, before the update, apart from the gradient (AdamW: Loshchilov & Hutter,
   * 2019, arXiv:1711.05101); >= 0, default 0. Parameters count as kernels whose name ends so.
   */
  readonly weightDecay?: number;
}

export interface LossStep {
  /**
   * One update: step `number`, counted from 1.
   *
   * @returns the loss before it.
   * @throws {CpcError} if that is not finite; the parameters of the step before are kept.
   */
  readonly run: (batch: NamedHostTensors, number: number) => Promise<number>;
  /** A copy of the parameters now. */
  readonly current: () => Tree<HostArray>;
  readonly dispose: () => Promise<void>;
}

/**
 * Prepares a training step on an engine.
 *
 * @throws {CpcArgumentError} if clipNorm is out of range.
 *
 * @example
 * const step = await createLossStep({
 *   engine, optimiser: adam({ learningRate: 1e-3 }), parameters: { layer: { kernel, bias } },
 *   batch: { x: { shape: [8, 4], dtype: 'float32' }, labels: { shape: [8], dtype: 'int32' } },
 *   loss: (parameters, { x, labels }) => labelledCrossEntropy(dense(layerAt(parameters, 'layer', ['kernel', 'bias']), x), labels),
 * });
 * for (let number = 1; number <= 100; number++) await step.run(batchOf(number), number);
 */
export async function createLossStep(options: LossStepOptions): Promise<LossStep> {
  const { engine, optimiser } = options;
  requireClipNorm('createLossStep', options.clipNorm);
  const parameters = parameterNames(flatten(options.parameters));
  const names = Object.keys(parameters);
  const specs = float32Specs(parameters);
  const state = createState({ ...parameters, ...initialMoments(optimiser, specs) });
  const compiled = await engine.compile((inputs) => stepOf(inputs, names, options), {
    ...specs,
    ...optimiserSpecs(optimiser, specs),
    ...options.batch,
  });
  return {
    run: async (batch, number) => {
      const feeds = { ...state.current, ...scalarFeeds(optimiser.scalars(number)), ...batch };
      const { loss } = await compiled.run(feeds, nextBuffers(state));
      const value = requireFinite('loss', loss?.data[0] ?? Number.NaN, number);
      state.swap();
      return value;
    },
    current: () => {
      const values = state.read();
      return treeOfParameters(names, (name) => values[name] as HostArray);
    },
    dispose: async () => {
      state.dispose();
      await compiled.dispose();
    },
  };
}

/** Traced: the loss, and every parameter and moment as they come next. */
function stepOf(
  inputs: Readonly<Record<string, tf.Tensor>>,
  names: readonly string[],
  { loss, optimiser, clipNorm, weightDecay = 0 }: LossStepOptions,
): Record<string, tf.Tensor> {
  const lossOf = (...tensors: tf.Tensor[]): tf.Scalar =>
    loss(
      treeOfParameters(names, (_, index) => tensors[index]),
      inputs,
    );
  const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => inputs[name] as tf.Tensor));
  const factor = clipNorm === undefined ? undefined : clipFactor(globalNorm(grads), clipNorm);
  const updates = names.map((name, index) => {
    const whole = grads[index] as tf.Tensor;
    const gradient = factor === undefined ? whole : tf.mul(whole, factor);
    return tracedUpdate(optimiser, inputs, { name, parameter: decayed(inputs, name, weightDecay), gradient });
  });
  return Object.assign({ loss: value }, ...updates);
}

/** What decay leaves of a kernel; other parameters stay. */
function decayed(inputs: Readonly<Record<string, tf.Tensor>>, name: string, weightDecay: number): tf.Tensor {
  const parameter = inputs[name] as tf.Tensor;
  if (weightDecay === 0 || !name.endsWith('kernel')) return parameter;
  return tf.mul(parameter, tf.sub(1, tf.mul(inputs.learningRate as tf.Tensor, weightDecay)));
}
