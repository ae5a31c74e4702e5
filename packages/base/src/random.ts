/**
 * The one source of randomness: seeded streams that split into independent children by name.
 *
 * Whatever is random takes a `Random` as an argument. Give each use its own child, `random.fold('negatives', step)`:
 * then no use disturbs another, and step n draws the same numbers whether or not steps before it were run.
 *
 * The bits come from xoroshiro128+ (Blackman & Vigna, 2021) in `pure-rand`. It hands out the low half of a 64-bit sum,
 * whose lowest bits are the weakest; numbers here are made from the higher ones.
 */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

import { CpcArgumentError } from './errors.js';
import { childKey, generatorState, type StreamKey, type StreamLabel } from './stream-key.js';

/** A stream of random numbers. Drawing advances it; folding does not. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  uniform(): number;

  /**
   * Uniform in 0 .. bound - 1, exactly.
   *
   * @param bound - a whole number from 1 to 2^53.
   * @throws {CpcArgumentError} if `bound` is anything else.
   */
  integer(bound: number): number;

  /** Normal with mean 0 and standard deviation 1. */
  normal(): number;

  /**
   * The child stream of that name. It depends on this stream's own name and the labels only: not on what was drawn or
   * folded before. `fold('a', 'b')` and `fold('a').fold('b')` are two different streams, and so are `fold(1)` and
   * `fold('1')`.
   *
   * @param labels - at least one; numbers must be finite.
   * @throws {CpcArgumentError} on no label, NaN or an infinite number.
   */
  fold(...labels: (string | number)[]): Random;

  /**
   * The numbers 0 .. n - 1 in random order, every order equally likely.
   *
   * @param n - a whole number from 0 to 2^31.
   * @throws {CpcArgumentError} if `n` is anything else.
   */
  permutation(n: number): Int32Array;

  /**
   * `count` different numbers of 0 .. n - 1, in random order.
   *
   * @param n - a whole number from 0 to 2^31.
   * @param count - a whole number from 0 to n.
   * @throws {CpcArgumentError} if either is anything else.
   */
  choose(n: number, count: number): Int32Array;
}

const rootKey: StreamKey = [0, 0, 0, 0];

/**
 * The stream of a seed. The same seed gives the same numbers on every machine.
 *
 * @param seed - any safe integer: 0 and negative ones too, each with a stream of its own.
 * @throws {CpcArgumentError} if `seed` is not a safe integer.
 *
 * @example
 * const random = createRandom(1);
 * const firstBatch = random.fold('batch', 1).choose(28_539, 8); // 8 of 28,539 recordings
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new CpcArgumentError({
      where: 'createRandom',
      argument: 'seed',
      expected: 'a seed that is a whole number from -(2^53 - 1) to 2^53 - 1',
      received: seed,
      fix: 'Take 0 if any seed will do.',
    });
  }
  return new Stream(childKey(rootKey, ['seed', seed]));
}

const largestBound = 2 ** 53;
const largestLength = 2 ** 31;

/** Where a list of all n numbers would be this many times too long, the swapped entries are kept alone. */
const sparseFrom = 16;

class Stream implements Random {
  readonly #key: StreamKey;
  readonly #generator: RandomGenerator;
  #spareNormal: number | undefined;

  constructor(key: StreamKey) {
    this.#key = key;
    this.#generator = xoroshiro128plusFromState(generatorState(key));
  }

  uniform(): number {
    return this.#bits53() / 2 ** 53;
  }

  integer(bound: number): number {
    requireWhole('integer', 'bound', bound, 1, largestBound);
    const width = Math.floor(2 ** 53 / bound); // draws per result, the same for each; the rest is drawn again
    for (;;) {
      const result = Math.floor(this.#bits53() / width);
      if (result < bound) return result;
    }
  }

  /** Marsaglia's polar method: a point in the unit circle gives two; the second waits for the next call. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spareNormal = y * scale;
      return x * scale;
    }
  }

  fold(...labels: StreamLabel[]): Random {
    if (labels.length === 0 || labels.some((label) => typeof label === 'number' && !Number.isFinite(label))) {
      throw new CpcArgumentError({
        where: 'random.fold',
        argument: 'labels',
        expected: 'at least one label, each a string or a finite number',
        received: labels,
        fix: 'Name the child after its use, such as fold("negatives", step).',
      });
    }
    return new Stream(childKey(this.#key, labels));
  }

  permutation(n: number): Int32Array {
    requireWhole('permutation', 'n', n, 0, largestLength);
    return this.#shuffle(n, n);
  }

  choose(n: number, count: number): Int32Array {
    requireWhole('choose', 'n', n, 0, largestLength);
    requireWhole('choose', 'count', count, 0, n);
    return this.#shuffle(n, count);
  }

  /** The first `count` places of a Fisher-Yates shuffle of 0 .. n - 1. */
  #shuffle(n: number, count: number): Int32Array {
    const order = n > sparseFrom * count ? new SparseOrder() : new DenseOrder(n);
    const chosen = new Int32Array(count);
    for (let place = 0; place < count; place++) {
      const other = place + this.integer(n - place);
      chosen[place] = order.at(other);
      order.set(other, order.at(place));
    }
    return chosen;
  }

  #bits53(): number {
    const high = this.#generator.next() >>> 5; // 27 bits
    const low = this.#generator.next() >>> 6; //  26 bits
    return high * 2 ** 26 + low;
  }
}

/** The list 0 .. n - 1, some entries overwritten. */
interface Order {
  at(place: number): number;
  set(place: number, value: number): void;
}

class DenseOrder implements Order {
  readonly #values: Int32Array;

  constructor(n: number) {
    this.#values = new Int32Array(n);
    for (let place = 0; place < n; place++) this.#values[place] = place;
  }

  at(place: number): number {
    return this.#values[place] ?? place;
  }

  set(place: number, value: number): void {
    this.#values[place] = value;
  }
}

class SparseOrder implements Order {
  readonly #overwritten = new Map<number, number>();

  at(place: number): number {
    return this.#overwritten.get(place) ?? place;
  }

  set(place: number, value: number): void {
    this.#overwritten.set(place, value);
  }
}

function requireWhole(method: string, argument: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = `${argument} to be a whole number from ${least} to ${most}`;
  throw new CpcArgumentError({ where: `random.${method}`, argument, expected, received: value });
}
