/**
 * `.parquet`: a row per image, or per patch, with the columns `image`, `class`, `row` and `column` of the patch in the grid (-1 in
 * pooled files) and `features`, a list of float32. pandas, Polars, DuckDB and Arrow read it as it is.
 *
 * Written group by group of rows: what is in memory does not grow with the file.
 */
import type { AtomicFile } from '@cpc/core/node';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { gridPlace } from '../../geometry.js';
import type { EmbeddedImage, FeatureFormat, FeatureWriter, FileContents } from './feature-format.js';

/** Of a group: a million values at 256 a row; the library takes some 40 bytes for each while it writes. */
const rowsPerGroup = 4096;

export const parquetFormat: FeatureFormat = {
  begin: (file, contents) => Promise.resolve(parquetWriter(file, contents)),
  description: ({ images, rowsPerImage, width }) => `${images.length * rowsPerImage} rows of ${width} features`,
};

/** Rows that wait for their group to be full, column by column. */
interface WaitingRows {
  readonly image: string[];
  readonly class: string[];
  readonly row: number[];
  readonly column: number[];
  /** Lists are arrays to the library, never typed ones. */
  readonly features: number[][];
}

const schema = [
  { name: 'root', num_children: 5 },
  { name: 'image', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'class', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'row', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'column', type: 'INT32', repetition_type: 'REQUIRED' },
  { name: 'features', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
] as const;

function parquetWriter(file: AtomicFile, contents: FileContents): FeatureWriter {
  const bytes = new ByteWriter();
  const kvMetadata = [{ key: 'cpc.settings', value: JSON.stringify(contents.settings) }];
  const writer = new ParquetWriter({ writer: bytes, schema: [...schema], kvMetadata, createdBy: '@cpc/vision' });
  let waiting = noRows();
  const handOver = async () => {
    await file.write(bytes.getBytes().slice());
    bytes.index = 0; // the room is used again; `offset` goes on counting
  };
  const writeGroup = async () => {
    if (waiting.row.length === 0) return;
    await writer.write({ columnData: columnsOf(waiting), rowGroupSize: rowsPerGroup });
    await handOver();
    waiting = noRows();
  };
  return {
    write: async (image, rows) => {
      addRows(waiting, image, rows, contents);
      if (waiting.row.length >= rowsPerGroup) await writeGroup();
    },
    finish: async () => {
      await writeGroup();
      await writer.finish();
      await handOver();
    },
  };
}

function addRows(
  waiting: WaitingRows,
  { name, label }: EmbeddedImage,
  rows: Float32Array,
  { rowsPerImage, width, settings }: FileContents,
): void {
  for (let place = 0; place < rowsPerImage; place++) {
    const { row, column } = rowsPerImage === 1 ? { row: -1, column: -1 } : gridPlace(settings.gridSize, place);
    waiting.image.push(name);
    waiting.class.push(label);
    waiting.row.push(row);
    waiting.column.push(column);
    waiting.features.push(Array.from(rows.subarray(place * width, (place + 1) * width)));
  }
}

function noRows(): WaitingRows {
  return { image: [], class: [], row: [], column: [], features: [] };
}

function columnsOf(rows: WaitingRows): ColumnSource[] {
  return Object.entries(rows).map(([name, data]) => ({
    name,
    data,
    ...(name === 'features' ? { codec: 'UNCOMPRESSED' as const, encoding: 'PLAIN' as const, statistics: false } : {}),
  }));
}
