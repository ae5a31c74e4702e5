/**
 * The plainest baseline: a sentence as the words it has, each weighed by how rare it is (TF-IDF), and logistic regression on that.
 *
 * Rows are sparse, so fits are computed here, word by word, and not as products of matrices. What a word weighs is counted on the
 * rows that are fitted, never on others.
 *
 * Letters used for shapes here:
 *   N  sentences    V  different words    C  classes
 */

import { entryAt } from '@cpc/core';
import { type Classifier, gatherLabels, minimise } from '@cpc/probes';

/** A sentence's different words and the weight of each. */
interface SparseRow {
  readonly words: Int32Array;
  readonly weights: Float64Array;
}

export interface BagOfWordsModel {
  /** `[V, C]`. */
  readonly weights: Float64Array;
  /** `[C]`. */
  readonly biases: Float64Array;
  /** `[V]`: 0 for a word that no fitted row has. */
  readonly rarity: Float64Array;
}

/**
 * TF-IDF as scikit-learn has it by default: count times 1 + ln((1 + n) / (1 + sentences with the word)), rows of length 1.
 *
 * @param sentences - words by sentence.
 * @param labels - `[N]`.
 *
 * @example
 * const classifier = bagOfWords([['good'], ['bad']], Int32Array.of(1, 0), 2);
 */
export function bagOfWords(
  sentences: readonly (readonly string[])[],
  labels: Int32Array,
  classes: number,
): Classifier<number, BagOfWordsModel> {
  const { counts, size } = countedRows(sentences);
  const rowsOf = (rows: readonly number[], rarity: Float64Array) =>
    rows.map((row) => weighted(counts[row] ?? new Map(), rarity));
  return {
    fit: async (rows, c, start) => {
      const rarity = rarityOf(rows, counts, size);
      const own = rowsOf(rows, rarity);
      const ownLabels = gatherLabels(labels, rows);
      const split = size * classes;
      const { point } = await minimise(
        async (at) => penalisedLoss(own, ownLabels, at, { classes, split, penalty: 1 / (c * rows.length) }),
        start === undefined
          ? new Float64Array(split + classes)
          : Float64Array.from([...start.weights, ...start.biases]),
        { maxIterations: 200, gradientTolerance: 1e-4 },
      );
      return { rarity, weights: point.slice(0, split), biases: point.slice(split) };
    },
    predict: async ({ weights, biases, rarity }, rows) =>
      Int32Array.from(rowsOf(rows, rarity), (row) => largest(scores(row, weights, biases))),
  };
}

function countedRows(sentences: readonly (readonly string[])[]) {
  const numbers = new Map<string, number>();
  const counts = sentences.map((words) => {
    const own = new Map<number, number>();
    for (const word of words) {
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      own.set(number, (own.get(number) ?? 0) + 1);
    }
    return own;
  });
  return { counts, size: numbers.size };
}

function rarityOf(rows: readonly number[], counts: readonly ReadonlyMap<number, number>[], size: number): Float64Array {
  const having = new Float64Array(size);
  for (const row of rows) for (const word of counts[row]?.keys() ?? []) having[word] = (having[word] ?? 0) + 1;
  return having.map((count) => (count === 0 ? 0 : 1 + Math.log((1 + rows.length) / (1 + count))));
}

function weighted(counts: ReadonlyMap<number, number>, rarity: Float64Array): SparseRow {
  const words = Int32Array.from(counts.keys());
  const weights = Float64Array.from(words, (word) => (counts.get(word) ?? 0) * (rarity[word] ?? 0));
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
  return { words, weights: length === 0 ? weights : weights.map((weight) => weight / length) };
}

/** Mean cross-entropy plus penalty |W|^2 / 2, and its gradient. */
function penalisedLoss(
  rows: readonly SparseRow[],
  labels: Int32Array,
  at: Float64Array,
  { classes, split, penalty }: { readonly classes: number; readonly split: number; readonly penalty: number },
): { value: number; gradient: Float64Array } {
  const [weights, biases] = [at.subarray(0, split), at.subarray(split)];
  const gradient = new Float64Array(at.length);
  let value = 0;
  for (const [index, row] of rows.entries()) {
    const chances = softmax(scores(row, weights, biases));
    const label = entryAt(labels, index, 'labels');
    value -= Math.log(Math.max(entryAt(chances, label, 'classes'), Number.MIN_VALUE)) / rows.length;
    for (let place = 0; place < classes; place++) {
      const error = ((chances[place] ?? 0) - (place === label ? 1 : 0)) / rows.length;
      gradient[split + place] = (gradient[split + place] ?? 0) + error;
      for (const [entry, word] of row.words.entries()) {
        const position = word * classes + place;
        gradient[position] = (gradient[position] ?? 0) + error * (row.weights[entry] ?? 0);
      }
    }
  }
  for (const [position, weight] of weights.entries()) {
    value += (penalty * weight * weight) / 2;
    gradient[position] = (gradient[position] ?? 0) + penalty * weight;
  }
  return { value, gradient };
}

/** `[C]`. */
function scores({ words, weights: own }: SparseRow, weights: Float64Array, biases: Float64Array): Float64Array {
  const classes = biases.length;
  const sums = biases.slice();
  for (const [entry, word] of words.entries()) {
    const weight = own[entry] ?? 0;
    for (let place = 0; place < classes; place++)
      sums[place] = (sums[place] ?? 0) + weight * (weights[word * classes + place] ?? 0);
  }
  return sums;
}

function softmax(values: Float64Array): Float64Array {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function largest(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}
