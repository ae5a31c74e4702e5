/**
 * Loss and accuracy of given parameters on drawn batches, step by predicted step: figure 3 of the paper. Nothing is updated.
 *
 * Which data are drawn is the domain's: give it those that were not trained on.
 */

import type { Random } from '@cpc/base';
import { CpcArgumentError, CpcError } from '@cpc/base';
import type { NamedHostTensors } from '@cpc/compile';
import type * as tf from '@tensorflow/tfjs';
import type { Engine } from '../engines/engine.js';
import { flatten, float32Specs, type HostArray, type Tree } from '../parameter-tree.js';
import { batchOf } from './batches.js';
import type { Domain } from './domain.js';
import { createFunctionByShape } from './function-by-shape.js';
import { domainLoss, smallerStepInputs, stepInputs } from './loss.js';
import { parameterNames, treeOfParameters } from './state-names.js';

export interface EvaluateOptions {
  readonly domain: Domain;
  readonly engine: Engine;
  /** Encoder, context and predictors, as `parametersOf` gives them; not changed. */
  readonly parameters: Tree<HostArray>;
  /** What to draw from: batch n is that of step n of a run whose stream this is. */
  readonly random: Random;
  /** How many batches, >= 1. */
  readonly batches: number;
}

/** Means over all batches. The lists have an entry for each of `offsets`. */
export interface Evaluation {
  /** How many were measured. */
  readonly batches: number;
  /** How far ahead each predicted step lies. */
  readonly offsets: readonly number[];
  /** Mean over the predicted steps. */
  readonly lossNats: number;
  readonly lossNatsPerStep: readonly number[];
  /** How often the positive scores above all negatives, 0 .. 1; a tie counts as a miss. */
  readonly accuracy: readonly number[];
  readonly boundNats: readonly number[];
  /** What guessing would come to, 0 .. 1: one over the size of the line-up, its geometric mean over anchors. */
  readonly chance: readonly number[];
}

/**
 * Evaluates a model without training it.
 *
 * A model that knows nothing has an accuracy near `chance` and a loss near -ln(chance); one that knows all tends to 1 and 0. All
 * batches count alike, also where fewer of a batch's anchors have a future.
 *
 * @throws {CpcArgumentError} if `batches` is not a whole number above 0.
 * @throws {CpcError} if a batch's loss is not finite, naming the batch.
 *
 * @example
 * const { offsets, accuracy } = await evaluate({ domain: heldOut, engine, parameters, random: createRandom(1), batches: 100 });
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, figure 3.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  let latest: Evaluation | undefined;
  for await (const evaluation of evaluateBatches(options)) latest = evaluation;
  return latest as Evaluation; // at least 1 batch
}

/**
 * The same batch by batch: after every one the evaluation of those so far, the last of which is that of `evaluate`. Leaving the
 * loop ends it.
 *
 * @example
 * for await (const { batches } of evaluateBatches({ domain: heldOut, engine, parameters, random, batches: 100 })) show(batches);
 */
export async function* evaluateBatches({
  domain,
  engine,
  parameters,
  random,
  batches,
}: EvaluateOptions): AsyncGenerator<Evaluation, void, undefined> {
  requireBatches(batches);
  const named = parameterNames(flatten(parameters));
  const specs = float32Specs(named);
  const measure = await createFunctionByShape([stepInputs(domain), ...smallerStepInputs(domain)], (batch) =>
    engine.compile((inputs) => measurementsOf(domain, Object.keys(specs), inputs), { ...specs, ...batch }),
  );
  const sums = createSums();
  try {
    for (let number = 1; number <= batches; number++) {
      const results = await measure.run({ ...named, ...(await batchOf(domain, random, number)) });
      requireFinite(results, number);
      sums.add(results);
      yield evaluationOf(domain, number, (name) => sums.of(name).map((sum) => sum / number));
    }
  } finally {
    await measure.dispose();
  }
}

function evaluationOf({ offsets }: Domain, batches: number, mean: (name: string) => number[]): Evaluation {
  const [lossNatsPerStep, boundNats] = [mean('lossPerStep'), mean('boundPerStep')];
  return {
    batches,
    offsets: [...offsets],
    lossNats: mean('loss')[0] ?? Number.NaN,
    lossNatsPerStep,
    accuracy: mean('accuracyPerStep'),
    boundNats,
    chance: boundNats.map((bound, index) => Math.exp(-bound - (lossNatsPerStep[index] ?? Number.NaN))),
  };
}

/** Traced: the forward half of a training step. */
function measurementsOf(
  domain: Domain,
  names: readonly string[],
  inputs: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const parameters = treeOfParameters(names, (name) => inputs[name]);
  return { ...domainLoss(domain, parameters, inputs) };
}

/** Adds up results of the same names. */
function createSums() {
  const sums: Record<string, number[]> = {};
  return {
    add(results: NamedHostTensors): void {
      for (const [name, { data }] of Object.entries(results)) {
        const before = sums[name];
        sums[name] = Array.from(data, (value, index) => value + (before?.[index] ?? 0));
      }
    },
    of: (name: string): readonly number[] => sums[name] ?? [],
  };
}

function requireBatches(received: number): void {
  if (Number.isInteger(received) && received > 0) return;
  const expected = 'batches as a whole number above 0';
  throw new CpcArgumentError({ where: 'evaluate', argument: 'batches', expected, received });
}

function requireFinite({ loss }: NamedHostTensors, batch: number): void {
  const value = loss?.data[0] ?? Number.NaN;
  if (Number.isFinite(value)) return;
  throw new CpcError({
    where: `evaluate: batch ${batch}`,
    expected: 'a finite loss',
    received: String(value),
    fix: 'Look at the parameters and at this batch for values that are not finite.',
  });
}
