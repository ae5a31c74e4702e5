/**
 * Many rows through a compiled function that takes a fixed number of them: block after block, views and not copies, so
 * that memory stays bounded and a block stays in the processor's cache.
 *
 * Letters used for shapes here:
 *   N  rows    F  features    B  rows per block
 */
import type { CompiledFunction, NamedHostTensors, NamedSpecs } from '@cpc/compile';
import type { Engine, HostArray } from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';

/** Rows `start .. start + count - 1`; a last block that is short is filled up with zeros. */
export interface RowBlock {
  readonly start: number;
  /** How many of the B rows count. */
  readonly count: number;
  /** `[B, F]`. */
  readonly features: HostArray;
}

const blockEntries = 2 ** 20; // 4 MB: measured fastest for products of 256 and of 2,400 features
const leastRows = 256;
const mostRows = 4096;

/** Cuts `[N, F]` into blocks of equally many rows. All but a last one that is filled up share memory with `features`. */
export function cutIntoBlocks(features: HostArray, rowsAtMost = fittingRows(features.shape[1] ?? 1)): RowBlock[] {
  const [rows = 0, width = 0] = features.shape;
  const size = Math.ceil(rows / Math.max(1, Math.ceil(rows / rowsAtMost)));
  return Array.from({ length: Math.ceil(rows / Math.max(1, size)) }, (_, index) => {
    const start = index * size;
    const count = Math.min(size, rows - start);
    const data = filledUp(features.data.subarray(start * width, (start + count) * width), size * width);
    return { start, count, features: { shape: [size, width], data } };
  });
}

/** The same array if it is long enough, else a copy with zeros behind. */
export function filledUp<Data extends Float32Array | Int32Array>(data: Data, length: number): Data {
  if (data.length === length) return data;
  const longer = (data instanceof Float32Array ? new Float32Array(length) : new Int32Array(length)) as Data;
  longer.set(data);
  return longer;
}

function fittingRows(width: number): number {
  return Math.max(leastRows, Math.min(mostRows, Math.floor(blockEntries / width)));
}

/** A function of rows that can be asked again with other parameters. */
export interface RowFunction {
  /** @returns `[N, …]`: what the function makes of every row; the caller owns it. */
  readonly run: (parameters: NamedHostTensors) => Promise<HostArray>;
  readonly dispose: () => Promise<void>;
}

/**
 * Prepares `apply`, which maps rows `[B, F]` to `[B, …]` one by one, for all rows of `features`.
 *
 * @param parameters - shapes of what `apply` needs besides the rows.
 */
export async function rowFunction(
  engine: Engine,
  features: HostArray,
  parameters: NamedSpecs,
  apply: (rows: tf.Tensor2D, parameters: Readonly<Record<string, tf.Tensor>>) => tf.Tensor,
): Promise<RowFunction> {
  const blocks = cutIntoBlocks(features);
  const shape = blocks[0]?.features.shape ?? [0, 0];
  const compiled = await engine.compile(({ rows, ...rest }) => ({ result: apply(rows as tf.Tensor2D, rest) }), {
    rows: { shape, dtype: 'float32' },
    ...parameters,
  });
  return { run: (values) => runBlocks(compiled, blocks, values), dispose: compiled.dispose };
}

async function runBlocks(
  compiled: CompiledFunction,
  blocks: readonly RowBlock[],
  parameters: NamedHostTensors,
): Promise<HostArray> {
  const rows = blocks.reduce((sum, { count }) => sum + count, 0);
  let whole: HostArray | undefined;
  for (const { start, count, features } of blocks) {
    const { result } = await compiled.run({ ...parameters, rows: features });
    const [size = 1, ...rest] = result?.shape ?? [];
    const width = (result?.data.length ?? 0) / size;
    whole ??= { shape: [rows, ...rest], data: new Float32Array(rows * width) };
    whole.data.set(result?.data.subarray(0, count * width) ?? [], start * width);
  }
  return whole ?? { shape: [0], data: new Float32Array(0) };
}
