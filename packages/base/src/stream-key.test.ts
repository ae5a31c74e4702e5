import { describe, expect, it } from 'vitest';

import { childKey, generatorState, permute, type StreamKey, type StreamLabel } from './stream-key.js';

const key: StreamKey = [1, 2, 3, 4];

function unsigned(words: StreamKey): number[] {
  return words.map((word) => word >>> 0);
}

function flipped(words: StreamKey, bit: number): StreamKey {
  const copy: [number, number, number, number] = [...words];
  const place = bit >> 5;
  copy.splice(place, 1, (copy[place] ?? 0) ^ (1 << (bit & 31)));
  return copy;
}

function differingBits(left: StreamKey, right: StreamKey): number {
  return left.reduce((count, word, place) => {
    const difference = (word ^ (right[place] ?? 0)) >>> 0;
    return count + difference.toString(2).replaceAll('0', '').length;
  }, 0);
}

describe('permute', () => {
  it('maps 0, 1, 2, 3 to what a second implementation, in 64-bit Python integers, gives', () => {
    expect(unsigned(permute([0, 1, 2, 3]))).toEqual([253765892, 1187033723, 241706908, 605769618]);
  });

  it('changes 64 of 128 bits on average, and never fewer than 35, when one bit changes', () => {
    const counts: number[] = [];
    for (let trial = 0; trial < 50; trial++) {
      const start = childKey(key, [trial]);
      for (let bit = 0; bit < 128; bit++) counts.push(differingBits(permute(start), permute(flipped(start, bit))));
    }
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    expect(Math.abs(mean - 64)).toBeLessThan(0.3); // 4 standard errors: 4 * sqrt(32 / 6400) = 0.28
    expect(Math.min(...counts)).toBeGreaterThan(35); // 5 standard deviations of sqrt(32) below the mean
  });
});

describe('childKey', () => {
  const alike: StreamLabel[][] = [
    [],
    [0],
    ['0'],
    [''],
    ['', ''],
    [1],
    ['1'],
    [-1],
    [0.5],
    ['a', 'b'],
    ['ab'],
    ['b', 'a'],
    ['a', 'b', ''],
    ['a\0'],
    ['a'],
    ['aaaa'],
    ['aaaa', 0],
    [3, 1],
    [2 ** 32],
    [2 ** 53 - 1],
    ['é'],
    ['e\u0301'],
  ];

  it(`gives ${alike.length} lists of labels that look alike ${alike.length} keys`, () => {
    expect(new Set(alike.map((labels) => childKey(key, labels).join())).size).toBe(alike.length);
  });

  it('gives 200,000 steps under one label 200,000 keys', () => {
    const keys = new Set(Array.from({ length: 200_000 }, (_, step) => childKey(key, ['batch', step]).join()));
    expect(keys.size).toBe(200_000);
  });

  it('takes -0 for 0', () => {
    expect(childKey(key, [-0])).toEqual(childKey(key, [0]));
  });
});

it('a generator never starts from the state of four zeros', () => {
  // The one key that the permutation would take there is the one that equals the words it is mixed with.
  expect(childKey([3, 0, 0, 0], []).map((word) => word | 0)).toEqual([0, 0, 0, 0]);
  expect(generatorState([3, 0, 0, 0])).toEqual([1, 0, 0, 0]);
});
