import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@cpc/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textLines, UnreadableTextError } from './text-lines.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-lines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function linesOf(content: string | Uint8Array, limit?: number): Promise<string[]> {
  const path = join(folder, 'file.txt');
  await writeFile(path, content);
  const lines: string[] = [];
  for await (const line of textLines(path, limit === undefined ? {} : { limit })) lines.push(line);
  return lines;
}

describe('textLines', () => {
  it('gives lines that end in any of 3 ways, without a byte order mark, and the last without an end', async () => {
    expect(await linesOf('\uFEFFone\r\ntwo\n\nthree\rfour')).toEqual(['one', 'two', '', 'three', 'four']);
    expect(await linesOf('one\n')).toEqual(['one']);
    expect(await linesOf('one\r')).toEqual(['one']);
    expect(await linesOf('')).toEqual([]);
  });

  it('reads letters that lie across 2 pieces of the file, and stops after 3 lines where told to', async () => {
    const text = Array.from({ length: 40_000 }, (_, index) => `é${index}`).join('\n');
    expect((await linesOf(text)).join('\n')).toBe(text);
    expect(await linesOf(text, 3)).toEqual(['é0', 'é1', 'é2']);
  });

  it('cuts a line of 450,000 characters at spaces, none of its parts above 100,000, and loses no word', async () => {
    const words = Array.from({ length: 50_000 }, (_, index) => `w${10_000_000 + index}`);
    const lines = await linesOf(words.join(' '));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(200_000);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join(' ').split(' ')).toEqual(words);
  });

  it('as rows, ends lines at \\n and \\r\\n alone, and cuts 2 of 4 long lines off, which are reported by number', async () => {
    const odd = 'a lone \r, a form feed \f, a separator \u2028 and \u0085';
    const rows = ['one', odd, '', 'x'.repeat(100_000), 'y'.repeat(150_000), 'z'.repeat(100_001), 'last'];
    for (const end of ['\n', '\r\n']) {
      const path = join(folder, 'rows.txt');
      await writeFile(path, `\uFEFF${rows.join(end)}${end}${'w'.repeat(100_000)}\r`);
      const cut: number[] = [];
      const lines: string[] = [];
      for await (const line of textLines(path, { rows: true, onCut: (row) => cut.push(row) })) lines.push(line);
      expect(lines).toEqual([...rows.map((row) => row.slice(0, 100_000)), 'w'.repeat(100_000)]);
      expect(cut).toEqual([5, 6]);
    }
  });

  it('as rows, makes 1 row of a line of 16 million characters', async () => {
    const path = join(folder, 'one-line.txt.gz');
    await writeFile(path, gzipSync(Buffer.concat([Buffer.alloc(16e6, 'word '), Buffer.from('\nend')])));
    const lines: string[] = [];
    for await (const line of textLines(path, { rows: true })) lines.push(line);
    expect(lines.map(({ length }) => length)).toEqual([100_000, 3]);
  });

  it('refuses 20 MB out of 20 kB of gzip, naming what a file of its size may unpack to', async () => {
    const path = join(folder, 'bomb.txt.gz');
    await writeFile(path, gzipSync(Buffer.alloc(20e6, 'a line\n')));
    const read = async () => {
      for await (const _ of textLines(path));
    };
    await expect(read()).rejects.toThrow(/bomb\.txt\.gz: expected at most 16777216 bytes, and 32 for every byte/);
  });

  it.each([
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x41, 0), /UTF-16/],
    ['Latin-1', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a), /not UTF-8 \(perhaps Latin-1\)/],
    ['binary', Uint8Array.of(0x41, 0x42, 0, 0x43), /byte 2 is 0/],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0, 0), /^a PNG picture, not text/],
    ['a PDF document', new TextEncoder().encode('%PDF-1.7\n% words'), /^a PDF document, not text/],
    [
      'what Git LFS left',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'),
      /^a Git LFS pointer/,
    ],
    ['a letter cut short at the end', Uint8Array.of(0x41, 0xc3), /not UTF-8/],
  ])('refuses %s, and says why', async (_, bytes, reason) => {
    await expect(linesOf(bytes)).rejects.toThrow(reason);
    await expect(linesOf(bytes)).rejects.toBeInstanceOf(UnreadableTextError);
  });

  it('reads 300 damaged copies of a text, or refuses them as unreadable', async () => {
    const original = new TextEncoder().encode('Ein schöner Tag — “ja”.\nZwei Zeilen.\r\n'.repeat(20));
    const random = createRandom(8);
    let refused = 0;
    for (let copy = 0; copy < 300; copy++) {
      const bytes = original.slice();
      for (let change = 0; change < 3; change++) bytes[random.integer(bytes.length)] = random.integer(256);
      const lines = await linesOf(bytes).catch((error: unknown) => {
        expect(error).toBeInstanceOf(UnreadableTextError);
        refused += 1;
      });
      if (lines !== undefined) expect(lines.length).toBeGreaterThan(30);
    }
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(300);
  });
});

it.skipIf(process.platform !== 'linux')(
  'keeps 0 of 3 files open after 2 lines of each, one of them packed',
  async () => {
    const text = 'a line of text\n'.repeat(20_000);
    const paths = await Promise.all(
      [text, text, gzipSync(text)].map(async (content, index) => {
        const path = join(folder, `open-${index}.txt`);
        await writeFile(path, content);
        return path;
      }),
    );
    for (const path of paths)
      for await (const line of textLines(path, { limit: 2 })) expect(line).toBe('a line of text');
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    expect(open.filter((path) => paths.includes(path))).toEqual([]);
  },
);
