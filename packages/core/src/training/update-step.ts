/**
 * One training step of any loss as two functions with a seam between them: `gradients(parameters, batch)` and
 * `update(parameters, moments, gradients)`. Accumulation over batches or an all-reduce between machines belongs in the seam:
 * all gradients lie in one contiguous buffer. Other functions may read the same parameters, as an agent that acts does.
 *
 * `step.ts` gives it a domain's contrastive loss.
 */

import { entryAt } from '@cpc/base';
import { createState, type HostTensor, type NamedHostTensors, type NamedSpecs, type State } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { clipFactor, globalNorm, requireClipNorm } from '../optimisers/clip.js';
import type { Optimiser } from '../optimisers/optimiser.js';
import { flatten, float32Specs, type HostArray, sizeOf, type Tree, unflatten } from '../parameter-tree.js';
import type { BatchTensors, DomainTable, TensorTree } from './domain.js';
import { createFunctionByShape } from './function-by-shape.js';
import { type LastGood, requireFinite } from './require-finite.js';
import { createRowTables, type RowTables } from './row-tables.js';
import { gradientName, gradientsPrefix, parameterNames, pathOf, treeOfParameters } from './state-names.js';
import { initialMoments, nextBuffers, optimiserSpecs, scalarFeeds, tracedUpdate } from './traced-update.js';

/** What a step minimises, and what it tells of a batch. */
export interface StepLoss {
  /** Shape and type of everything in a batch. */
  readonly batch: NamedSpecs;
  /** As `Domain.smallerBatches`. */
  readonly smallerBatches?: readonly NamedSpecs[] | undefined;
  /** As `Domain.tables`. */
  readonly tables?: Readonly<Record<string, DomainTable>> | undefined;
  /** Traced once, so it must compute from tensors alone: the loss `[]`, differentiable, and further metrics by name. */
  readonly measure: (parameters: TensorTree, batch: BatchTensors) => LossAndMetrics;
}

export interface LossAndMetrics {
  readonly [metric: string]: tf.Tensor;
  readonly loss: tf.Scalar;
}

export interface UpdateStepOptions {
  readonly loss: StepLoss;
  readonly engine: Engine;
  readonly optimiser: Optimiser;
  /** Parameters to start from. */
  readonly parameters: Tree<HostArray>;
  /** Limit on the length of the whole gradient, > 0 and finite; no limit if left out. */
  readonly clipNorm?: number | undefined;
}

export interface UpdateResult {
  /** What `StepLoss.measure` gave, before the update. */
  readonly metrics: NamedHostTensors;
  /** Length of the whole gradient before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** What goes from step to step. */
export interface TrainingState {
  /** Parameters under `parameters/…`, the optimiser's averages under `moments/<name>/…`; not copies. */
  readonly current: NamedHostTensors;
  /** Replaces all of it by copies of these; throws where a name is missing or a shape is another. */
  readonly load: (values: NamedHostTensors) => void;
}

export interface UpdateStep {
  readonly state: TrainingState;
  /** Time to trace and load both functions; for batches of several shapes, the gradients' are made as these come. */
  readonly prepareMilliseconds: number;
  /**
   * Gradients of a batch, by parameter path; the buffers are reused by the next call. That of a table (`Domain.tables`) is of the
   * rows that the batch reads, in the order in which it first does, with zeros behind.
   */
  readonly gradients: (
    batch: NamedHostTensors,
  ) => Promise<{ readonly gradients: NamedHostTensors; readonly metrics: NamedHostTensors }>;
  /**
   * One update: the whole step `number`, counted from 1.
   *
   * @throws {NotFiniteError} if loss or gradient is not finite, with the last parameters that gave a finite loss.
   */
  readonly run: (batch: NamedHostTensors, number: number) => Promise<UpdateResult>;
  readonly dispose: () => Promise<void>;
}

/**
 * Prepares a step on an engine.
 *
 * @throws {CpcArgumentError} if clipNorm is out of range, or the tensors of the loss do not fit one another.
 */
export async function createUpdateStep(options: UpdateStepOptions): Promise<UpdateStep> {
  requireClipNorm('createUpdateStep', options.clipNorm);
  const started = performance.now();
  const { loss, optimiser } = options;
  const parameters = parameterNames(flatten(options.parameters));
  const tables = createRowTables(loss.tables ?? {}, parameters, loss.batch, optimiser);
  const others = Object.fromEntries(Object.entries(parameters).filter(([name]) => !(name in tables.specs)));
  const specs = namedLike(parameters, { ...float32Specs(others), ...tables.specs });
  const { gradientsFunction, updateFunction } = await compileStep(options, specs);
  const state = createState({ ...others, ...initialMoments(optimiser, float32Specs(others)) });
  const buffers = contiguousGradients(specs);
  let rows: NamedHostTensors = {};
  let hasUpdated = false; // since the state was made or loaded
  const goodAfter = (step: number): LastGood => {
    const values = Object.entries({ ...state.current, ...tables.current }).filter(([name]) => name in parameters);
    const copies = values.map(([name, { shape, data }]) => [
      pathOf(name),
      { shape, data: Float32Array.from(data as Float32Array) },
    ]);
    return { step, parameters: unflatten<HostArray>(Object.fromEntries(copies)) };
  };
  /** A loss that is no number condemns the update before it: what that one read stands in the other buffers. */
  const lastGood = (number: number): LastGood | undefined => {
    if (!hasUpdated) return undefined;
    state.swap();
    tables.undo();
    return goodAfter(number - 2);
  };
  const gradients = async (given: NamedHostTensors) => {
    const gathered = tables.gather(given);
    rows = gathered.rows;
    return splitGradients(await gradientsFunction.run({ ...state.current, ...rows, ...gathered.batch }, buffers));
  };
  return {
    state: wholeState(state, tables, () => {
      hasUpdated = false;
    }),
    gradients,
    prepareMilliseconds: performance.now() - started,
    run: async (batch, number) => {
      const { metrics } = await gradients(batch);
      requireFinite('loss', metrics.loss?.data[0] ?? Number.NaN, number, () => lastGood(number));
      const scalars = optimiser.scalars(number);
      const feeds = { ...state.current, ...rows, ...buffers, ...scalarFeeds(scalars) };
      const results = await updateFunction.run(feeds, { ...nextBuffers(state), ...tables.next });
      const gradientNorm = results.gradientNorm?.data[0] ?? Number.NaN;
      requireFinite('gradient norm', gradientNorm, number, () => goodAfter(number - 1));
      state.swap();
      tables.scatter();
      hasUpdated = true;
      return { metrics, gradientNorm, learningRate: scalars.learningRate ?? Number.NaN };
    },
    dispose: async () => {
      state.dispose();
      await Promise.all([gradientsFunction.dispose(), updateFunction.dispose()]);
    },
  };
}

/** Both halves, for parameters of these shapes. */
async function compileStep({ loss, engine, optimiser, clipNorm }: UpdateStepOptions, specs: NamedSpecs) {
  const names = Object.keys(specs);
  return {
    gradientsFunction: await createFunctionByShape([loss.batch, ...(loss.smallerBatches ?? [])], (batch) =>
      engine.compile((inputs) => gradientsOf(loss, names, inputs), { ...specs, ...batch }),
    ),
    updateFunction: await engine.compile(
      (inputs) => updateOf(optimiser, inputs, { names, clipNorm, rateFactors: rateFactors(loss.tables) }),
      updateInputs(optimiser, specs),
    ),
  };
}

/** In the order of the first. */
function namedLike<Value>(order: object, values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.keys(order).map((name) => [name, values[name] as Value]));
}

/** What is swapped and what is changed in place, as one. */
function wholeState(state: State, tables: RowTables, onLoad: () => void): TrainingState {
  return {
    get current() {
      return { ...state.current, ...tables.current };
    },
    load: (values) => {
      tables.check(values); // all of it or nothing
      state.load(values);
      tables.load(values);
      onLoad();
    },
  };
}

/** Traced: the loss, its further metrics, and the gradient of every parameter. */
function gradientsOf(
  { measure }: StepLoss,
  names: readonly string[],
  inputs: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  let metrics: Record<string, tf.Tensor> = {};
  const lossOf = (...tensors: tf.Tensor[]): tf.Scalar => {
    const tree = treeOfParameters(names, (_, index) => tensors[index]);
    const { loss, ...others } = measure(tree, inputs);
    metrics = Object.fromEntries(Object.entries(others).map(([name, metric]) => [name, tf.keep(metric)]));
    return loss;
  };
  const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => inputs[name] as tf.Tensor));
  const gradients = names.map((name, index) => [gradientName(name), grads[index] as tf.Tensor] as const);
  return { loss: value, ...metrics, ...Object.fromEntries(gradients) };
}

/** By a parameter's name in the state; of those that have one. */
function rateFactors(tables: StepLoss['tables'] = {}): Readonly<Record<string, number>> {
  const given = Object.entries(parameterNames(tables)).map(([name, { rateFactor = 1 }]) => [name, rateFactor] as const);
  return Object.fromEntries(given.filter(([, factor]) => factor !== 1));
}

interface UpdateMeans {
  readonly names: readonly string[];
  readonly clipNorm: number | undefined;
  readonly rateFactors: Readonly<Record<string, number>>;
}

/** Traced: clip, then the optimiser, parameter by parameter. */
function updateOf(
  optimiser: Optimiser,
  inputs: Readonly<Record<string, tf.Tensor>>,
  { names, clipNorm, rateFactors }: UpdateMeans,
): Record<string, tf.Tensor> {
  const tensor = (name: string) => inputs[name] as tf.Tensor;
  const norm = globalNorm(names.map((name) => tensor(gradientName(name))));
  const factor = clipNorm === undefined ? undefined : clipFactor(norm, clipNorm);
  const results: Record<string, tf.Tensor> = { gradientNorm: norm };
  for (const name of names) {
    const whole = tensor(gradientName(name));
    const gradient = factor === undefined ? whole : tf.mul(whole, factor);
    const parameter = tensor(name);
    Object.assign(
      results,
      tracedUpdate(optimiser, inputs, { name, parameter, gradient, rateFactor: rateFactors[name] }),
    );
  }
  return results;
}

function updateInputs(optimiser: Optimiser, parameters: NamedSpecs): NamedSpecs {
  const gradients = Object.entries(parameters).map(([name, spec]) => [gradientName(name), spec]);
  return { ...parameters, ...Object.fromEntries(gradients), ...optimiserSpecs(optimiser, parameters) };
}

/** Buffers for all gradients, side by side in one array. */
function contiguousGradients(parameters: NamedSpecs): NamedHostTensors {
  const sizes = Object.values(parameters).map(({ shape }) => sizeOf(shape));
  const whole = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }], index): [string, HostTensor] => {
      const start = offset;
      offset += entryAt(sizes, index, 'sizes of parameters');
      return [gradientName(name), { shape, data: whole.subarray(start, offset) }];
    }),
  );
}

function splitGradients(results: NamedHostTensors): { gradients: NamedHostTensors; metrics: NamedHostTensors } {
  const entries = Object.entries(results);
  const gradients = entries.filter(([name]) => name.startsWith(gradientsPrefix));
  const metrics = entries.filter(([name]) => !name.startsWith(gradientsPrefix));
  return {
    gradients: Object.fromEntries(gradients.map(([name, value]) => [name.slice(gradientsPrefix.length), value])),
    metrics: Object.fromEntries(metrics),
  };
}
