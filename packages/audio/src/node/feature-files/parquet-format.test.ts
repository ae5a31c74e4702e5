import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/core';
import { createAtomicFile } from '@cpc/core/node';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paperPreset } from '../../presets.js';
import type { EmbeddedRecording } from './feature-format.js';
import { parquetFormat } from './parquet-format.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cpc-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

const width = 3;
const recording = (index: number, frames: number, rows = frames): EmbeddedRecording => ({
  ...{ recording: index, id: `utterance ${index} – é`, speaker: `s${index % 2}` },
  ...{ seconds: frames / 100, frames, rows },
});

/** Writes rows in parts of 100 and reads the file again, with another program. */
async function writeAndRead(
  name: string,
  recordings: readonly EmbeddedRecording[],
  rowsOf: (of: EmbeddedRecording) => Float32Array,
  pooled = false,
) {
  const path = join(folder, name);
  const file = await createAtomicFile(path);
  const writer = await parquetFormat.begin(file, { recordings, pooled, width, hop: 160, settings: paperPreset });
  for (const one of recordings) {
    const rows = rowsOf(one);
    for (let start = 0; start < rows.length; start += 100 * width)
      await writer.write(one, rows.subarray(start, start + 100 * width));
  }
  await writer.finish();
  await file.commit();
  const bytes = await readFile(path);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return { objects: await parquetReadObjects({ file: buffer }), metadata: parquetMetadata(buffer) };
}

describe('parquetFormat', () => {
  it('gives back every value of 10,350 rows of 3 recordings exactly, in 3 groups of at most 4,096 rows', async () => {
    const random = createRandom(1);
    const recordings = [recording(0, 6000), recording(1, 350), recording(2, 4000)];
    const written = recordings.map(({ rows }) => Float32Array.from({ length: rows * width }, () => random.normal()));
    const { objects, metadata } = await writeAndRead(
      'a.parquet',
      recordings,
      (one) => written[one.recording] ?? new Float32Array(0),
    );
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([4096, 4096, 2158]);
    const expected = recordings.flatMap(({ id, speaker, rows }, index) =>
      Array.from({ length: rows }, (_, frame) => ({
        recording: id,
        speaker,
        frame,
        time_seconds: (frame * 160 + 80) / 16_000,
        features: [...(written[index] ?? new Float32Array(0)).subarray(frame * width, (frame + 1) * width)],
      })),
    );
    expect(objects).toEqual(expected);
  });

  it('gives pooled recordings of 3 seconds and of 1 frame in 0.0175 seconds a row each, at 1.5 and 0.00875 seconds', async () => {
    const recordings = [recording(0, 300, 1), { ...recording(1, 1), seconds: 0.0175 }];
    const { objects } = await writeAndRead('b.parquet', recordings, () => Float32Array.of(1, 2, 3), true);
    expect(objects).toEqual([
      { recording: 'utterance 0 – é', speaker: 's0', frame: 0, time_seconds: 1.5, features: [1, 2, 3] },
      { recording: 'utterance 1 – é', speaker: 's1', frame: 0, time_seconds: 0.00875, features: [1, 2, 3] },
    ]);
  });

  it('carries the settings of the model', async () => {
    const { metadata } = await writeAndRead('c.parquet', [recording(0, 2)], () => new Float32Array(6));
    const stored = metadata.key_value_metadata?.find(({ key }) => key === 'cpc.settings')?.value;
    expect(JSON.parse(stored ?? '')).toEqual(paperPreset);
  });
});
