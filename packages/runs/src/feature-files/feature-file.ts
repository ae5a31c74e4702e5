/**
 * Files that features are written to, by the ending of the file's name. One description of what there is serves all of them, so
 * that rows and names agree in every format.
 *
 *   `.npy`          all rows in one array; an index, where there is one, in a `.tsv` beside it
 *   `.safetensors`  tensors by name
 *   `.parquet`      a row per row, with columns that say what it is of
 *
 * Letters used for shapes here:
 *   R  rows    F  features of a row
 */
import { rm } from 'node:fs/promises';
import { extname } from 'node:path';
import { CpcArgumentError } from '@cpc/base';
import type { TaskEvent } from '../commands/command.js';
import { type AtomicFile, createAtomicFile } from '../files/atomic-file.js';
import { requireOutputFile, requireOwnFile } from '../files/output-file.js';
import { npyHeader } from '../formats/npy.js';
import { safetensorsHeader } from '../formats/safetensors.js';
import { finishingWork } from '../threads/ending-threads.js';
import { type IndexTable, indexHeader, indexText } from './index-table.js';
import { parquetRows, type RowColumn } from './parquet-rows.js';
import type { RowWriter } from './row-writer.js';

/** What a feature file is told before the first row. */
export interface FeatureContents {
  /** Of the whole, such as `[R, F]`; its last entry is F. */
  readonly shape: readonly number[];
  /** What `.npy` has beside it; none where rows need no names. */
  readonly index?: IndexTable;
  /** Tensors of `.safetensors` in the order of the rows, each with its shape. */
  readonly tensors: readonly (readonly [name: string, shape: readonly number[]])[];
  /** Of `.safetensors`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Of `.parquet`, before the column `features`. */
  readonly columns: readonly RowColumn[];
  /** Of `.parquet`. */
  readonly parquetMetadata: Readonly<Record<string, string>>;
  /** The package that writes, such as `@cpc/audio`. */
  readonly createdBy: string;
  /** In words, for `.safetensors`; default its shape. */
  readonly description?: string;
}

export interface FeatureFile {
  /** The next rows, `[R, F]`. */
  readonly write: (rows: Float32Array) => Promise<void>;
  /** Puts the file in its place once all rows are written. */
  readonly finish: () => Promise<TaskEvent[]>;
  /** Throws away what was written; does nothing after `finish`. */
  readonly abandon: () => Promise<void>;
}

/** The endings there are. */
export const featureFileEndings = ['.npy', '.safetensors', '.parquet'] as const;

/**
 * Refuses, before anything is computed, a path to which no features can be written.
 *
 * @param columns - of the index that `.npy` gets; none if it gets none.
 * @throws {CpcArgumentError} if the ending is another, the folder is missing, or a file in the place of the index is not one of ours.
 */
export async function requireFeatureFile(path: string, columns?: readonly string[]): Promise<void> {
  const ending = extname(path).toLowerCase();
  if (!featureFileEndings.some((known) => known === ending)) {
    throw new CpcArgumentError({
      where: 'embed',
      argument: 'out',
      expected: `an output file ending in ${featureFileEndings.join(' or ')}`,
      received: path,
    });
  }
  await requireOutputFile('--out', path);
  if (ending === '.npy' && columns !== undefined)
    await requireOwnFile('--out', indexPath(path), indexHeader(columns), path);
}

/** Begins a file of features; it appears at `path` when it is finished. */
export async function createFeatureFile(path: string, contents: FeatureContents): Promise<FeatureFile> {
  const file = await createAtomicFile(path);
  try {
    const rows = await rowWriter(file, extname(path).toLowerCase(), contents);
    return {
      write: rows.write,
      finish: async () => {
        await rows.finish();
        const { index } = contents;
        if (extname(path).toLowerCase() === '.npy' && index !== undefined)
          return [written(path, contents), await finishingWork(() => commitWithIndex(file, path, index))];
        await file.commit();
        return [written(path, contents)];
      },
      abandon: file.abandon,
    };
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/** Whenever it is killed, rows never stand beside the index of others: for a moment there is none. */
async function commitWithIndex(file: AtomicFile, path: string, table: IndexTable): Promise<TaskEvent> {
  const indexAt = indexPath(path);
  const index = await createAtomicFile(indexAt);
  try {
    await index.write(new TextEncoder().encode(indexText(table)));
    await Promise.all([index.settle(), file.settle()]);
    await rm(indexAt, { force: true });
    await file.commit();
    await index.commit();
  } finally {
    await index.abandon();
  }
  return { type: 'file-written', path: indexAt, description: table.description };
}

function indexPath(path: string): string {
  return path.replace(/\.npy$/i, '.tsv');
}

function written(path: string, { shape, description }: FeatureContents): TaskEvent {
  const ending = extname(path).toLowerCase();
  const width = shape.at(-1) ?? 0;
  const rows = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  const inWords = `float32 [${shape.join(', ')}]`;
  if (ending === '.parquet') return { type: 'file-written', path, description: `${rows} rows of ${width} features` };
  return { type: 'file-written', path, description: ending === '.safetensors' ? (description ?? inWords) : inWords };
}

async function rowWriter(file: AtomicFile, ending: string, contents: FeatureContents): Promise<RowWriter> {
  if (ending === '.parquet') return parquetRows(file, { ...contents, width: contents.shape.at(-1) ?? 0 });
  const { shape, tensors, metadata } = contents;
  await file.write(ending === '.npy' ? npyHeader(shape) : safetensorsHeader(tensors, metadata));
  return {
    write: ({ buffer, byteOffset, byteLength }) => file.write(new Uint8Array(buffer, byteOffset, byteLength)),
    finish: () => Promise.resolve(),
  };
}
