/**
 * The k-nearest-neighbour probe: a class by the vote of the most similar training examples, each with the weight
 * exp(similarity / temperature), as in Wu et al., 2018, arXiv:1805.01978, section 3.4. Nothing is trained, so it says how
 * well classes lie together without a classifier's help.
 *
 * Letters used for shapes here:
 *   N  training examples    M  examples to classify    F  features    C  classes    B  of M, and P of N, at a time
 */

import { CpcArgumentError, entryAt } from '@cpc/base';
import type { CompiledFunction, HostTensor } from '@cpc/compile';
import type { Engine, HostArray } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { checkExamples, checkFeatures, type LabelledExamples } from '../examples/examples.js';
import { cutIntoBlocks, type RowBlock } from './row-blocks.js';

export interface NearestNeighboursOptions extends LabelledExamples {
  /** How many neighbours vote, from 1 to N; default 200, or N if that is less. */
  readonly k?: number;
  /** > 0; the smaller, the more the nearest decide; default 0.1 (0.07 in Wu et al.'s text, 0.1 in their code). */
  readonly temperature?: number;
}

export interface NearestNeighbours {
  /** `[N, F]`: the training examples at unit length. */
  readonly directions: HostArray;
  /** `[N]`. */
  readonly labels: Int32Array;
  readonly classes: number;
  readonly k: number;
  readonly temperature: number;
}

const defaultNeighbours = 200; // Wu et al., section 3.4
const defaultTemperature = 0.1;

/**
 * Takes the training examples to unit length; the rest is done when scores are asked for.
 *
 * @throws {CpcArgumentError} if shapes or labels do not fit, a feature is not finite, or k or temperature are out of range.
 *
 * @example
 * const model = fitNearestNeighbours({ features, labels, classes: 41 });
 * const predicted = classesOf(await neighbourScores(model, testFeatures, engine));
 */
export function fitNearestNeighbours(options: NearestNeighboursOptions): NearestNeighbours {
  const where = 'fitNearestNeighbours';
  const { features, labels, classes, temperature = defaultTemperature } = options;
  const { examples } = checkExamples(where, options);
  const k = options.k ?? Math.min(defaultNeighbours, examples);
  if (!(Number.isInteger(k) && k >= 1 && k <= examples)) {
    const expected = `k from 1 to ${examples}, as many as there are examples`;
    throw new CpcArgumentError({ where, argument: 'k', expected, received: k });
  }
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    const expected = 'a temperature above 0';
    throw new CpcArgumentError({ where, argument: 'temperature', expected, received: temperature });
  }
  return { directions: unitLength(features), labels: labels.slice(), classes, k, temperature };
}

/**
 * Every class's share of the votes. Similarity is the cosine; to a vector of length 0 it is 0. Of training examples that
 * are equally similar the one that stands first is nearer, and of classes with equal shares `classesOf` takes the lowest.
 *
 * Memory stays bounded: blocks of both sides are compared, and the k nearest of every row are all that is kept.
 *
 * @param features - `[M, F]`.
 * @returns `[M, C]`; every row adds up to 1. The caller owns it.
 * @throws {CpcArgumentError} if there are not F features per example, or one is not finite.
 */
export async function neighbourScores(
  model: NearestNeighbours,
  features: HostArray,
  engine: Engine,
): Promise<HostArray> {
  const { directions, classes, k } = model;
  const { examples, width } = checkFeatures('neighbourScores', features, directions.shape[1]);
  const asked = cutIntoBlocks(unitLength(features), askedAtATime);
  const known = cutIntoBlocks(directions, Math.max(k, knownAtATime));
  const scores = new Float32Array(examples * classes);
  const compare = await compileComparison(engine, asked[0], known[0], { width, k });
  try {
    for (const block of asked) {
      const votes = await votesOf(model, await nearestOf(compare, block, known, k), block.count);
      scores.set(votes, block.start * classes);
    }
  } finally {
    await compare.dispose();
  }
  return { shape: [examples, classes], data: scores };
}

const askedAtATime = 256;
const knownAtATime = 8192; // with 256 rows: 8 MB of similarities

/** The nearest examples of B rows, `[B, k]`, the most similar first; places are of N. */
interface Nearest {
  readonly similarities: Float32Array;
  readonly places: Int32Array;
}

function compileComparison(
  engine: Engine,
  asked: RowBlock | undefined,
  known: RowBlock | undefined,
  { width, k }: { width: number; k: number },
): Promise<CompiledFunction> {
  const [rows = 0] = asked?.features.shape ?? [];
  const [others = 0] = known?.features.shape ?? [];
  return engine.compile((inputs) => nearestInBlock(inputs, Math.min(k, others)), {
    asked: { shape: [rows, width], dtype: 'float32' },
    known: { shape: [others, width], dtype: 'float32' },
    handicaps: { shape: [others], dtype: 'float32' },
  });
}

/** Traced: the nearest of P examples to each of B. Equal ones stay in their order. */
function nearestInBlock(inputs: Readonly<Record<string, tf.Tensor>>, count: number): Record<string, tf.Tensor> {
  const products = tf.matMul(inputs.asked as tf.Tensor2D, inputs.known as tf.Tensor2D, false, true); // [B, P]
  const { values, indices } = tf.topk(tf.add(products, inputs.handicaps as tf.Tensor1D), count); // [B, k]
  return { similarities: values, places: indices };
}

async function nearestOf(
  compare: CompiledFunction,
  asked: RowBlock,
  known: readonly RowBlock[],
  k: number,
): Promise<Nearest> {
  const rows = asked.features.shape[0] ?? 0;
  let nearest: Nearest = {
    similarities: new Float32Array(rows * k).fill(-Infinity),
    places: new Int32Array(rows * k),
  };
  for (const block of known) {
    const handicaps = handicapsOf(block);
    const found = await compare.run({ asked: asked.features, known: block.features, handicaps });
    nearest = merged(nearest, found, block, { rows, k });
  }
  return nearest;
}

/** Rows that fill a block up must lose against every similarity, which is at least -1. */
function handicapsOf({ features, count }: RowBlock): HostTensor {
  const [rows = 0] = features.shape;
  return { shape: [rows], data: new Float32Array(rows).fill(-4, count) };
}

/** The k most similar out of those of earlier blocks and of this one, row by row; earlier ones go first if equal. */
function merged(
  before: Nearest,
  found: Readonly<Record<string, HostTensor>>,
  { start }: RowBlock,
  { rows, k }: { rows: number; k: number },
): Nearest {
  const values = found.similarities?.data ?? [];
  const indices = found.places?.data ?? [];
  const perRow = values.length / rows;
  const similarities = new Float32Array(rows * k);
  const places = new Int32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    let older = row * k;
    let newer = row * perRow;
    const end = newer + perRow;
    for (let place = row * k; place < (row + 1) * k; place++) {
      const fresh = newer < end ? (values[newer] ?? 0) : -Infinity;
      const takesOlder = (before.similarities[older] ?? -Infinity) >= fresh;
      similarities[place] = takesOlder ? (before.similarities[older] ?? 0) : fresh;
      places[place] = takesOlder ? (before.places[older++] ?? 0) : start + (indices[newer++] ?? 0);
    }
  }
  return { similarities, places };
}

/** Shares of the votes, `[count, C]`. Weights are taken relative to the nearest, so that none overflows. */
function votesOf(
  { labels, classes, k, temperature }: NearestNeighbours,
  { similarities, places }: Nearest,
  count: number,
): Float32Array {
  const shares = new Float32Array(count * classes);
  for (let row = 0; row < count; row++) {
    const votes = new Float64Array(classes);
    const highest = similarities[row * k] ?? 0;
    for (let place = row * k; place < (row + 1) * k; place++) {
      const label = entryAt(labels, entryAt(places, place, 'places of neighbours'), 'labels');
      votes[label] = (votes[label] ?? 0) + Math.exp(((similarities[place] ?? 0) - highest) / temperature);
    }
    const total = votes.reduce((sum, vote) => sum + vote, 0);
    for (let label = 0; label < classes; label++) shares[row * classes + label] = (votes[label] ?? 0) / total;
  }
  return shares;
}

/** Rows at length 1; a row of zeros stays one. */
function unitLength({ shape, data }: HostArray): HostArray {
  const [, width = 0] = shape;
  const scaled = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    let squares = 0;
    for (let index = row; index < row + width; index++) squares += (data[index] ?? 0) ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let index = row; index < row + width; index++) scaled[index] = (data[index] ?? 0) / length;
  }
  return { shape, data: scaled };
}
