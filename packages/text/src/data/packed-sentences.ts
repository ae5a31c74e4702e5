/**
 * Sentences of different lengths as a few long rows, one sentence behind the other: little is then computed on places without a word.
 *
 * Letters used for shapes here:
 *   N  sentences    W  words of a sentence at most
 *   R  rows         K  sentences of a row, N / R      P  places of a row
 */
import { requireWords } from './padded-sentences.js';

export interface PackedLayout {
  /** N. */
  readonly sentences: number;
  /** R, a divisor of N. */
  readonly rows: number;
  /** W: words behind are left out. */
  readonly maxWords: number;
  /** Places without a word between two sentences: as many as a convolution sees beyond a word. */
  readonly gap: number;
}

export interface PackedSentences {
  /** P: the smallest of `rowLengths` in which all rows have room. */
  readonly places: number;
  /** `[R, P]` word numbers; a place without a word has that of the last word before it, so that no word is read for it alone. */
  readonly words: Int32Array;
  /** `[R, K, P]`: what a place counts in the mean of a sentence, 1 / its length, and 0 in those of others. */
  readonly shares: Float32Array;
  /** `[N]`: which of the R K sums of `shares` is that of a sentence, by the order given. */
  readonly slots: Int32Array;
}

/** Lengths of a row that are told apart. */
const lengthCount = 16;
/** Every length is a multiple of this: whole tiles of the convolution. */
const tile = 4;

/** The P that there are, the shortest first; in rows of the last one any sentences have room. */
export function rowLengths({ sentences, rows, maxWords, gap }: PackedLayout): readonly number[] {
  const longest = (sentences / rows) * (maxWords + gap) - gap;
  const step = tile * Math.ceil(longest / (tile * lengthCount));
  return Array.from({ length: Math.ceil(longest / step) }, (_, index) => step * (index + 1));
}

/**
 * @param sentences - N of them, word numbers, at least one each; they go into rows by their lengths, so that all are about as full.
 * @throws {CpcArgumentError} if a sentence has no word: its mean would not be a number.
 */
export function packSentences(sentences: readonly Int32Array[], layout: PackedLayout): PackedSentences {
  const { rows, maxWords, gap } = layout;
  requireWords('packSentences', sentences);
  const kept = sentences.map((sentence) => sentence.subarray(0, maxWords));
  const inRow = sentences.length / rows;
  const lengths = rowLengths(layout);
  const filled = evenRows(kept, rows);
  const longest = Math.max(...filled.map(({ words }) => words)) + (inRow - 1) * gap;
  const places = lengths.find((length) => length >= longest) ?? longest;
  const words = new Int32Array(rows * places);
  const shares = new Float32Array(sentences.length * places);
  const slots = new Int32Array(sentences.length);
  for (const [row, { indices }] of filled.entries()) {
    const ofRow = words.subarray(row * places, (row + 1) * places);
    let start = 0;
    for (const [place, index] of indices.entries()) {
      const sentence = kept[index] ?? new Int32Array(0);
      const [end, slot] = [start + sentence.length, row * inRow + place];
      ofRow.set(sentence, start);
      ofRow.fill(sentence.at(-1) ?? 0, end); // what comes next is written over it
      shares.fill(1 / sentence.length, slot * places + start, slot * places + end);
      slots[index] = slot;
      start = end + gap;
    }
  }
  return { places, words, shares, slots };
}

/** How many words each row has, and which sentences, as many each: the longest first, each into the row with the fewest words so far. */
function evenRows(sentences: readonly Int32Array[], rows: number) {
  const filled = Array.from({ length: rows }, () => ({ words: 0, indices: [] as number[] }));
  const lengthOf = (index: number) => sentences[index]?.length ?? 0;
  for (const index of [...sentences.keys()].sort((left, right) => lengthOf(right) - lengthOf(left))) {
    const open = filled.filter(({ indices }) => indices.length < sentences.length / rows);
    const emptiest = open.reduce((best, row) => (row.words < best.words ? row : best));
    emptiest.words += lengthOf(index);
    emptiest.indices.push(index);
  }
  return filled;
}
