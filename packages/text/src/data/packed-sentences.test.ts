import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { type PackedLayout, packSentences, rowLengths } from './packed-sentences.js';

const layout: PackedLayout = { sentences: 4, rows: 2, maxWords: 6, gap: 1 };
const sentences = [[3, 4, 5], [9], [7, 8], [1, 2, 3, 4, 5, 6, 7, 8]].map((words) => Int32Array.from(words));

describe('packSentences', () => {
  it('has 6 and 1 words in one row, 3 and 2 in the other, a place between and the last word on every place without one', () => {
    const { places, words, slots } = packSentences(sentences, layout);
    expect(places).toBe(8); // 6 + 1 + 1 words, in whole tiles of 4
    expect([...words]).toEqual([...[1, 2, 3, 4, 5, 6, 6, 9], ...[3, 4, 5, 5, 7, 8, 8, 8]]);
    expect([...slots]).toEqual([2, 1, 3, 0]);
  });

  it('counts each of 3 words by 1/3 in the mean of its own sentence, by 0 in others, and leaves out what is behind word 6', () => {
    const { places, shares, slots } = packSentences(sentences, layout);
    const shareOf = (sentence: number) => {
      const slot = slots[sentence] ?? Number.NaN;
      return [...shares.subarray(slot * places, (slot + 1) * places)];
    };
    const third = Math.fround(1 / 3);
    expect(shareOf(0)).toEqual([third, third, third, 0, 0, 0, 0, 0]);
    expect(shareOf(1)).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(shareOf(3)).toEqual([...Array(6).fill(Math.fround(1 / 6)), 0, 0]);
  });

  it('fills 8 rows of 48 sentences within 2 words of one another, in the smallest length that holds them', () => {
    const random = createRandom(3);
    const large: PackedLayout = { sentences: 384, rows: 8, maxWords: 32, gap: 1 };
    const drawn = Array.from({ length: 384 }, () => new Int32Array(1 + random.integer(40)).fill(1));
    const { places, shares } = packSentences(drawn, large);
    const words = Array.from({ length: 8 }, (_, row) =>
      shares.subarray(row * 48 * places, (row + 1) * 48 * places).filter((share) => share > 0),
    ).map(({ length }) => length);
    expect(Math.max(...words) - Math.min(...words)).toBeLessThanOrEqual(2);
    expect(places).toBe(rowLengths(large).find((length) => length >= Math.max(...words) + 47));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(384, 2);
  });

  it('refuses a sentence without a word', () => {
    expect(() => packSentences([...sentences.slice(0, 3), new Int32Array(0)], layout)).toThrow(
      /packSentences.*at least one word .* none in 3/,
    );
  });
});

describe('rowLengths', () => {
  it('are 16 for 48 sentences of 32 words at most, all multiples of 100, and end with room for all of them', () => {
    const lengths = rowLengths({ sentences: 384, rows: 8, maxWords: 32, gap: 1 });
    expect(lengths).toEqual(Array.from({ length: 16 }, (_, index) => 100 * (index + 1)));
    expect(lengths.at(-1)).toBeGreaterThanOrEqual(48 * 33 - 1);
  });

  it('are 1 tile of 4 for a sentence of a word', () => {
    expect(rowLengths({ sentences: 1, rows: 1, maxWords: 1, gap: 1 })).toEqual([4]);
  });
});
