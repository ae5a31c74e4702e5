import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../formats/safetensors.js';
import { createFeatureFile, type FeatureContents, requireFeatureFile } from './feature-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-features-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Names whose order in a JavaScript object would be another one, and names that tables have trouble with. */
const names = ['2.wav', '10', '1', '__proto__', 'a\tb.wav', 'a\nb "c".wav', 'é.wav'];
const columns = ['id', 'first_row'];
const contents: FeatureContents = {
  shape: [names.length, 2],
  index: { columns, lines: names.map((name, row) => [name, row]), description: 'rows' },
  tensors: names.map((name) => [name, [1, 2]] as const),
  metadata: {},
  columns: [{ name: 'recording', type: 'text', value: (row) => names[row] ?? '' }],
  parquetMetadata: {},
  createdBy: 'a test',
};
const rowOf = (row: number) => [row + 0.5, 0 - row];

async function write(name: string): Promise<Buffer> {
  const file = await createFeatureFile(join(folder, name), contents);
  for (const row of names.keys()) await file.write(Float32Array.from(rowOf(row)));
  await file.finish();
  return readFile(join(folder, name));
}

describe('a feature file', () => {
  it('of safetensors holds the row of each of 7 names under that name, whole numbers included', async () => {
    const bytes = await write('a.safetensors');
    const length = Number(bytes.readBigUInt64LE(0));
    const header: Record<string, { data_offsets: number[] }> = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    for (const [row, name] of names.entries()) {
      const entry = Object.entries(header).find(([key]) => key === name)?.[1];
      const start = 8 + length + (entry?.data_offsets[0] ?? 0);
      expect([name, bytes.readFloatLE(start), bytes.readFloatLE(start + 4)]).toEqual([name, ...rowOf(row)]);
    }
  });

  it('of parquet holds them in the same order', async () => {
    const bytes = await write('a.parquet');
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const objects = await parquetReadObjects({ file: buffer });
    expect(objects.map(({ recording }) => recording)).toEqual(names);
  });

  it('of npy has an index of 8 lines in which tabs and line ends stand in quotation marks', async () => {
    await write('a.npy');
    expect(await readFile(join(folder, 'a.tsv'), 'utf8')).toBe(
      'id\tfirst_row\n2.wav\t0\n10\t1\n1\t2\n__proto__\t3\n"a\tb.wav"\t4\n"a\nb ""c"".wav"\t5\né.wav\t6\n',
    );
  });

  it('of npy replaces rows and index of an earlier one', async () => {
    await writeFile(join(folder, 'a.npy'), 'earlier rows');
    await writeFile(join(folder, 'a.tsv'), 'id\tfirst_row\nearlier\t0\n');
    await write('a.npy');
    expect((await readFile(join(folder, 'a.tsv'), 'utf8')).split('\n')).toHaveLength(10);
    expect(await readdir(folder)).toEqual(['a.npy', 'a.tsv']);
  });

  it('whose rows cannot be put in place leaves no index beside rows of others', async () => {
    await mkdir(join(folder, 'a.npy'));
    await writeFile(join(folder, 'a.tsv'), 'id\tfirst_row\nearlier\t0\n');
    await expect(write('a.npy')).rejects.toThrow(/a\.npy/);
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining([expect.stringMatching(/tsv/)]));
  });

  it('whose header is refused leaves nothing behind', async () => {
    const wrong = { ...contents, tensors: [['__metadata__', [1, 2]] as const] };
    await expect(createFeatureFile(join(folder, 'a.safetensors'), wrong)).rejects.toThrow(/__metadata__/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that is abandoned leaves nothing behind', async () => {
    const file = await createFeatureFile(join(folder, 'a.npy'), contents);
    await file.write(Float32Array.of(1, 2));
    await file.abandon();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('before work begins', () => {
  it('refuses another ending, a folder that is missing and one in the place of the file, naming each', async () => {
    await mkdir(join(folder, 'dir.npy'));
    await expect(requireFeatureFile(join(folder, 'a.csv'))).rejects.toThrow(/ending in \.npy or .*received .*a\.csv/);
    await expect(requireFeatureFile(join(folder, 'missing/a.npy'))).rejects.toMatchObject({
      argument: '--out',
      message: expect.stringMatching(/missing\/a\.npy: expected a folder that exists.*mkdir -p .*missing/),
    });
    await expect(requireFeatureFile(join(folder, 'dir.npy'))).rejects.toThrow(/dir\.npy: .*received a folder/);
  });

  it('refuses to replace a .tsv that is not an index, leaves it as it is, and replaces 1 that is', async () => {
    await writeFile(join(folder, 'a.tsv'), 'my labels\n');
    await expect(requireFeatureFile(join(folder, 'a.npy'), columns)).rejects.toMatchObject({ argument: '--out' });
    await requireFeatureFile(join(folder, 'a.parquet'), columns);
    expect(await readFile(join(folder, 'a.tsv'), 'utf8')).toBe('my labels\n');
    await writeFile(join(folder, 'a.tsv'), 'id\tfirst_row\nold\t0\n');
    await expect(requireFeatureFile(join(folder, 'a.npy'), columns)).rejects.toThrow(/a file without .*a\.npy/);
    await writeFile(join(folder, 'a.npy'), 'rows');
    await requireFeatureFile(join(folder, 'a.npy'), columns);
  });
});

it('safetensors of 6 names, 2 of them whole numbers, are read back by decodeSafetensors', async () => {
  const kept = names.filter((name) => name !== '__proto__');
  const file = await createFeatureFile(join(folder, 'b.safetensors'), {
    ...contents,
    tensors: kept.map((name) => [name, [1, 2]] as const),
  });
  for (const row of kept.keys()) await file.write(Float32Array.from(rowOf(row)));
  await file.finish();
  const { tensors } = decodeSafetensors(await readFile(join(folder, 'b.safetensors')), 'b');
  for (const [row, name] of kept.entries()) expect([...(tensors[name]?.data ?? [])]).toEqual(rowOf(row));
});
