/**
 * `.parquet`: columns that say what a row is of, then `features`, a list of float32. pandas, Polars, DuckDB and Arrow read it as it is.
 *
 * Written group by group of rows: what is in memory does not grow with the file. By hyparquet-writer (MIT, JavaScript only,
 * one dependency, 1 MB together): the other writers for Node are a WebAssembly build of 6 MB or are no longer maintained.
 */
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import type { AtomicFile } from '../files/atomic-file.js';
import type { RowWriter } from './row-writer.js';

/** A column, with the value of every row, counted from 0 through the file. */
export type RowColumn =
  | { readonly name: string; readonly type: 'text'; readonly value: (row: number) => string }
  | { readonly name: string; readonly type: 'int32' | 'float64'; readonly value: (row: number) => number };

export interface ParquetContents {
  readonly columns: readonly RowColumn[];
  readonly width: number;
  readonly parquetMetadata: Readonly<Record<string, string>>;
  readonly createdBy: string;
}

/** Of a group: a million values at 256 a row; the library takes some 40 bytes for each while it writes. */
const rowsPerGroup = 4096;

export function parquetRows(file: AtomicFile, contents: ParquetContents): RowWriter {
  const { columns, width, parquetMetadata, createdBy } = contents;
  const bytes = new ByteWriter();
  const kvMetadata = Object.entries(parquetMetadata).map(([key, value]) => ({ key, value }));
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), kvMetadata, createdBy });
  let [firstRow, waiting]: [number, number[][]] = [0, []]; // lists are arrays to the library, never typed ones
  const handOver = async () => {
    await file.write(bytes.getBytes().slice());
    bytes.index = 0; // the room is used again; `offset` goes on counting
  };
  const writeGroup = async () => {
    if (waiting.length === 0) return;
    await writer.write({ columnData: columnsOf(columns, firstRow, waiting), rowGroupSize: rowsPerGroup });
    await handOver();
    firstRow += waiting.length;
    waiting = [];
  };
  return {
    write: async (rows) => {
      for (let start = 0; start < rows.length; start += width) {
        waiting.push(Array.from(rows.subarray(start, start + width)));
        if (waiting.length === rowsPerGroup) await writeGroup();
      }
    },
    finish: async () => {
      await writeGroup();
      await writer.finish();
      await handOver();
    },
  };
}

const physicalTypes = { int32: 'INT32', float64: 'DOUBLE' } as const;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

function schemaOf(columns: readonly RowColumn[]): Schema {
  return [
    { name: 'root', num_children: columns.length + 1 },
    ...columns.map(({ name, type }): Schema[number] => {
      if (type === 'text') return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' };
      return { name, type: physicalTypes[type], repetition_type: 'REQUIRED' };
    }),
    { name: 'features', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
  ];
}

function columnsOf(columns: readonly RowColumn[], firstRow: number, features: readonly number[][]): ColumnSource[] {
  const described = columns.map(({ name, value }) => ({
    name,
    data: Array.from(features, (_, place) => value(firstRow + place)),
  }));
  const plain = { codec: 'UNCOMPRESSED', encoding: 'PLAIN', statistics: false } as const;
  return [...described, { name: 'features', data: [...features], ...plain }];
}
