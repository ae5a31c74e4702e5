import { CpcError, createRandom } from '@cpc/core';
import { mutate } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import { type FuzzedReader, fuzz } from './fuzz.js';

const reader = (read: FuzzedReader['read'], memory = 1_000_000): FuzzedReader => ({
  name: 'test',
  files: [new TextEncoder().encode('a file of 40 bytes with 2 numbers in it')],
  read,
  memoryFor: () => memory,
});

describe('mutate', () => {
  it('gives 500 different files, shorter ones and longer ones, the same for the same seed', () => {
    const file = Uint8Array.from({ length: 200 }, (_, index) => index);
    const damaged = Array.from({ length: 500 }, (_, seed) => mutate(file, createRandom(seed)));
    expect(new Set(damaged.map((bytes) => bytes.join())).size).toBeGreaterThan(450);
    expect(damaged.filter(({ length }) => length < 200).length).toBeGreaterThan(100);
    expect(damaged.filter(({ length }) => length > 200).length).toBeGreaterThan(100);
    expect(mutate(file, createRandom(7))).toEqual(damaged[7]);
    expect([...file]).toEqual(Array.from({ length: 200 }, (_, index) => index));
  });
});

describe('fuzz', () => {
  it('counts 200 files read or refused by name', () => {
    const outcome = fuzz(
      reader((bytes, where) => {
        if (bytes.length > 30) throw new CpcError({ where, expected: 'a short file' });
      }),
      200,
      1,
    );
    expect(outcome.read).toBeGreaterThan(20);
    expect(outcome.refused).toBeGreaterThan(20);
    expect(outcome.read + outcome.refused).toBe(200);
  });

  it.each<[string, FuzzedReader['read'], RegExp]>([
    ['another error', () => void JSON.parse('{'), /test, case 0: SyntaxError/],
    [
      'a refusal that does not name the file',
      () => {
        throw new CpcError({ where: 'x', expected: 'y' });
      },
      /case 0: CpcError: x/,
    ],
    [
      'a loop without end',
      () => {
        for (;;);
      },
      /case 0: .*timed out after 1000ms/,
    ],
    ['an array of 4 GiB', () => void new Float32Array(2 ** 30), /case 0: Error: \d+ bytes more/],
    ['a list of 4 GiB', () => void Array.from({ length: 2 ** 29 }), /case 0: Error: \d+ bytes more/],
    [
      'too many small arrays',
      () => {
        for (let n = 0; n < 1_000; n += 1) Uint8Array.from([1, 2, 3]).slice();
        new ArrayBuffer(999_000);
      },
      /2000 bytes more/,
    ],
    [
      'memory that was refused, and then hidden',
      () => {
        try {
          new Uint8Array(2 ** 31);
        } catch {
          /* as a careless reader might */
        }
      },
      /bytes more/,
    ],
  ])('fails on %s', (_name, read, message) => {
    expect(() => fuzz(reader(read), 5, 1)).toThrow(message);
  });

  it('puts Float32Array and Array back, also after a failure', () => {
    const before = [Float32Array, Array, ArrayBuffer];
    expect(() =>
      fuzz(
        reader(() => {
          throw new TypeError('no');
        }),
        1,
        1,
      ),
    ).toThrow(/TypeError: no/);
    expect([Float32Array, Array, ArrayBuffer]).toEqual(before);
  });
});
