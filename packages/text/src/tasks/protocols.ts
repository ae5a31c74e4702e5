/**
 * How a task is scored: which folds, what a penalty is chosen from, and whether vectors are scaled to length 1. Two protocols are
 * in use, whose figures are not the same; both choose C by cross-validation within the training side.
 *
 * Letters used for shapes here:
 *   N  sentences    F  features of a sentence
 */
import { createRandom, type HostArray, type Random } from '@cpc/core';
import { type Fold, groupedFolds, stratifiedFolds } from '@cpc/probes';

export interface Protocol {
  readonly name: string;
  /** Inverse strengths of the L2 penalty to choose from, the strongest penalty first. */
  readonly penalties: readonly number[];
  /** Whether every vector is divided by its length. */
  readonly unitLength: boolean;
  /** Of the shuffles: its own where the protocol fixes one, else that of the request. */
  readonly seedOf: (asked: number) => number;
  /** What is held out in turn. */
  readonly folds: (labels: Int32Array, count: number, random: Random) => Fold[];
}

const powersOf2 = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => 2 ** (from + index));

/** Kiros et al., 2015, arXiv:1506.06726, as in their published scripts. */
const skipThought: Protocol = {
  name: 'skip-thought',
  penalties: powersOf2(0, 8),
  unitLength: true,
  seedOf: (asked) => asked,
  folds: (labels, count, random) =>
    groupedFolds(
      Array.from(labels, (_, row) => String(row)), // every sentence by itself: shuffled, not stratified
      count,
      random,
    ),
};

/** Conneau & Kiela, 2018, arXiv:1803.05449. */
const sentEval: Protocol = {
  name: 'senteval',
  penalties: powersOf2(-2, 3),
  unitLength: false,
  seedOf: () => 1111,
  folds: stratifiedFolds,
};

export const protocols: readonly Protocol[] = [skipThought, sentEval];

/** In words, for the result. */
export function protocolText({ name, penalties, seedOf }: Protocol, held: string, seed: number): string {
  return `${name}: ${held}, C in ${penalties[0]} to ${penalties.at(-1)} by 10 folds within, seed ${seedOf(seed)}`;
}

/** Rows as the protocol wants them; new where it scales. A row of zeros stays one. */
export function protocolFeatures({ unitLength }: Protocol, features: HostArray): HostArray {
  if (!unitLength) return features;
  const [rows = 0, width = 0] = features.shape;
  const data = features.data.slice();
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * width, (row + 1) * width);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (const [index, value] of own.entries()) own[index] = value / length;
  }
  return { shape: [rows, width], data };
}

/** The random source of a protocol's folds. */
export function protocolRandom({ seedOf }: Protocol, asked: number): Random {
  return createRandom(seedOf(asked)).fold('folds');
}
