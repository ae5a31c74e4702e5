import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/base';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAtomicFile } from '../files/atomic-file.js';
import { parquetRows } from './parquet-rows.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('gives back every value of 10,350 rows exactly, with text and numbers of each, in 3 groups of at most 4,096 rows', async () => {
  const [width, rows] = [3, 10_350];
  const random = createRandom(1);
  const data = Float32Array.from({ length: rows * width }, () => random.normal());
  const path = join(folder, 'a.parquet');
  const file = await createAtomicFile(path);
  const writer = parquetRows(file, {
    columns: [
      { name: 'recording', type: 'text', value: (row) => `ä ${row}.wav` },
      { name: 'frame', type: 'int32', value: (row) => row % 100 },
      { name: 'time_seconds', type: 'float64', value: (row) => row / 100 },
    ],
    width,
    parquetMetadata: { 'cpc.settings': '{"channels":3}' },
    createdBy: 'a test',
  });
  for (let start = 0; start < data.length; start += 100 * width)
    await writer.write(data.subarray(start, start + 100 * width));
  await writer.finish();
  await file.commit();
  const bytes = await readFile(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const metadata = parquetMetadata(buffer);
  expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([4096, 4096, 2158]);
  expect(metadata.key_value_metadata).toContainEqual({ key: 'cpc.settings', value: '{"channels":3}' });
  const objects = await parquetReadObjects({ file: buffer });
  expect(objects).toHaveLength(rows);
  for (const row of [0, 99, 4095, 4096, 10_349]) {
    expect(objects[row]).toEqual({
      recording: `ä ${row}.wav`,
      frame: row % 100,
      time_seconds: row / 100,
      features: [...data.subarray(row * width, (row + 1) * width)],
    });
  }
});
