import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CpcError, createRandom } from '@cpc/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWordVectors } from './word-vectors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-vectors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array, limit?: number): Promise<[string, number[]][]> {
  const path = join(folder, name);
  await writeFile(path, content);
  const found: [string, number[]][] = [];
  for await (const { word, vector } of readWordVectors(path, limit)) found.push([word, Array.from(vector)]);
  return found;
}

/** As word2vec writes it, with or without a line end behind each vector. */
function binary(vectors: readonly (readonly [string, readonly number[]])[], lineEnd: string): Uint8Array {
  const encoder = new TextEncoder();
  const parts = vectors.flatMap(([word, values]) => [
    encoder.encode(`${word} `),
    new Uint8Array(Float32Array.from(values).buffer),
    encoder.encode(lineEnd),
  ]);
  return Buffer.concat([encoder.encode(`${vectors.length} ${vectors[0]?.[1].length ?? 0}\n`), ...parts]);
}

const vectors: [string, number[]][] = [
  ['the', [1, -0.5, 0.25]],
  ['straße', [0, 2, 4]],
  ['.', [8, 16, -32]],
];

describe('readWordVectors', () => {
  it('reads 3 vectors from word2vec’s text and fastText’s, which have a head, and from GloVe’s, which have none', async () => {
    const lines = vectors.map(([word, values]) => `${word} ${values.join(' ')}`);
    expect(await read('a.txt', `3 3\n${lines.join('\n')}\n`)).toEqual(vectors);
    expect(await read('a.vec', `3 3\n${lines.map((line) => `${line} `).join('\n')}\n`)).toEqual(vectors);
    expect(await read('glove.txt', lines.join('\n'))).toEqual(vectors);
    expect(await read('glove.txt', lines.join('\n'), 2)).toEqual(vectors.slice(0, 2));
  });

  it('reads word2vec’s binary form with and without line ends, and 20,000 vectors over many pieces of the file', async () => {
    for (const lineEnd of ['', '\n']) expect(await read('a.bin', binary(vectors, lineEnd))).toEqual(vectors);
    const many = Array.from({ length: 20_000 }, (_, index): [string, number[]] => [
      `word${index}`,
      Array(30).fill(index),
    ]);
    const found = await read('many.bin', binary(many, '\n'));
    expect(found).toHaveLength(20_000);
    expect(found[19_999]).toEqual(many[19_999]);
  });

  it('takes a word with spaces, as GloVe’s largest file has: the numbers are the last 3', async () => {
    expect(await read('a.txt', 'the 1 2 3\n. . . 4 5 6\n')).toEqual([
      ['the', [1, 2, 3]],
      ['. . .', [4, 5, 6]],
    ]);
  });

  it('skips 1 malformed line among 3 and tells its place; of 40 lines of which 20 are malformed the first is an error', async () => {
    const skipped: string[] = [];
    const path = join(folder, 'odd.txt');
    await writeFile(path, 'the 1 2\nof 1\nand 3 4\n');
    const words: string[] = [];
    for await (const { word } of readWordVectors(path, Infinity, (place) => skipped.push(place))) words.push(word);
    expect([words, skipped]).toEqual([['the', 'and'], ['line 2']]);
    await expect(read('odd.txt', 'the 1 2\nof 1\n'.repeat(20))).rejects.toThrow(/odd\.txt, line 2: expected a word/);
  });

  it('reads text and binary vectors that are compressed by gzip, and refuses a gzip file that breaks off', async () => {
    const text = gzipSync('the 1 2\nof 3 4\n');
    const expected = [
      ['the', [1, 2]],
      ['of', [3, 4]],
    ];
    expect(await read('a.vec.gz', text)).toEqual(expected);
    expect(
      await read(
        'a.bin.gz',
        gzipSync(
          binary(
            [
              ['the', [1, 2]],
              ['of', [3, 4]],
            ],
            '',
          ),
        ),
      ),
    ).toEqual(expected);
    await expect(read('a.vec.gz', text.subarray(0, 20))).rejects.toThrow(/a\.vec\.gz: expected a whole gzip file/);
  });

  it('names the line that has too few numbers, and a binary file that breaks off', async () => {
    await expect(read('a.txt', 'the 1 2 3\nof 1 2\n')).rejects.toThrow(
      /a\.txt, line 2: expected a word and 3 numbers, received of 1 2/,
    );
    await expect(read('a.bin', binary(vectors, '').subarray(0, 40))).rejects.toThrow(
      /as many vectors as its head says/,
    );
    await expect(read('a.bin', 'no head here\n')).rejects.toThrow(/a\.bin, head: expected how many words/);
    await expect(read('b.txt', binary(vectors, ''))).rejects.toThrow(/binary form has to end in \.bin/);
  });

  it('refuses 2 vectors where the head says 3, a number that is missing between spaces, and one that is none', async () => {
    await expect(read('a.vec', '3 2\nthe 1 2\nof 3 4\n')).rejects.toThrow(/a\.vec: expected 3 vectors.*received 2/);
    expect(await read('a.vec', '3 2\nthe 1 2\nof 3 4\n', 2)).toHaveLength(2);
    await expect(read('a.txt', 'the 1 2 3\nof 1  3\n')).rejects.toThrow(/line 2: expected a word and 3 numbers/);
    await expect(read('a.txt', '1 3\nthe 1\n')).rejects.toThrow(/line 2: expected a word and 3 numbers/);
    await expect(read('a.bin', binary([['the', [1, Number.NaN]]], ''))).rejects.toThrow(
      /a\.bin, word 1: .*of the that/,
    );
    await expect(read('a.bin', binary([['', [1, 2]]], ''))).rejects.toThrow(/a\.bin, word 1: .*received no word/);
  });

  it('reads 300 damaged copies of a binary file, or refuses them by name', async () => {
    const original = binary(
      Array.from({ length: 30 }, (_, index): [string, number[]] => [`w${index}`, [index, 1]]),
      '\n',
    );
    const random = createRandom(4);
    for (let copy = 0; copy < 300; copy++) {
      const bytes = Uint8Array.from(original).subarray(0, 1 + random.integer(original.length));
      for (let change = 0; change < 3; change++) bytes[random.integer(bytes.length)] = random.integer(256);
      const found = await read('damaged.bin', bytes).catch((error: unknown) => {
        expect(CpcError.isInstance(error)).toBe(true);
        expect(String(error)).toContain('damaged.bin');
      });
      for (const [, values] of found ?? []) expect(values.length).toBeGreaterThan(0);
    }
  });
});
