/**
 * Rows added up by the segment that each belongs to: the gradient of reading rows by index.
 *
 * The runtime's ScatterElements(add) takes number by number on one thread, so rows of some length are added up by products instead. They
 * are sorted by segment and cut into blocks; a matrix per block tells which of its rows belong together, and times the block gives their sums.
 *
 * Letters used for shapes here:
 *   N  rows    E  numbers of a row    S  segments    G  blocks    C  rows of a block
 */
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { filled } from './fill.js';
import { range } from './kernel.js';
import { concatenated, sliced } from './slicing.js';

/** Rows whose id is no segment's count for nothing. Among longer rows, an infinite number makes sums of other segments NaN. */
export function segmentSum(g: GraphBuilder, x: Traced, ids: Traced, count: number): Traced {
  const shape = [count, ...x.shape.slice(1)];
  if (sizeOf(x.shape) === 0 || count === 0) return filled(g, shape, 0, x.dtype);
  const rows = ids.shape[0] ?? 0;
  const each = sizeOf(x.shape.slice(1));
  const block = blockRows(rows);
  const isLarge = x.dtype === 'float32' && ids.shape.length === 1 && each >= fewestNumbers;
  if (!isLarge || block === undefined) return scattered(g, x, ids, shape);
  return g.reshape(blockSums(g, g.reshape(x, [rows, each]), ids, { count, block }), shape);
}

/** Shorter rows are scattered as fast as they are sorted. */
const fewestNumbers = 16;
/** A product costs as many multiplications a number as a block has rows; every block costs a row more. */
const [smallestBlock, usualBlock, largestBlock] = [32, 96, 192];

/** The divisor nearest to the usual size; undefined where there is none. */
function blockRows(rows: number): number | undefined {
  const sizes = range(largestBlock + 1).filter((size) => size >= smallestBlock && rows % size === 0);
  return sizes.sort((a, b) => Math.abs(a - usualBlock) - Math.abs(b - usualBlock))[0];
}

/** ScatterElements, not ScatterND: the runtime's ScatterND(add) loses updates when two threads meet on one row. */
function scattered(g: GraphBuilder, x: Traced, ids: Traced, shape: readonly number[]): Traced {
  const column = g.reshape(ids, [...ids.shape, ...x.shape.slice(1).map(() => 1)]);
  const bound = (value: number) => g.scalar(value, 'int32');
  const held = g.node('Clip', [column, bound(0), bound((shape[0] ?? 0) - 1)], column.shape, 'int32');
  const valid = g.node('Equal', [column, held], column.shape, 'bool');
  const zero = g.scalar(0, x.dtype === 'int32' ? 'int32' : 'float32');
  const counted = g.node('Where', [valid, x, zero], x.shape, x.dtype);
  const spread = g.node('Expand', [held, g.int64(x.shape)], x.shape, 'int32');
  return g.node('ScatterElements', [filled(g, shape, 0, x.dtype), spread, counted], shape, x.dtype, {
    axis: 0,
    reduction: 'add',
  });
}

interface Blocks {
  /** S. */
  readonly count: number;
  /** C. */
  readonly block: number;
}

/** x [N, E] and ids [N] to [S, E]. */
function blockSums(g: GraphBuilder, x: Traced, ids: Traced, { count, block }: Blocks): Traced {
  const [rows = 0, each = 0] = x.shape;
  const blocks = rows / block;
  const [sorted, order] = ascending(g, ids);
  const inBlocks = g.reshape(sorted, [blocks, block]);
  const ordered = g.reshape(g.node('Gather', [x, order], x.shape, 'float32', { axis: 0 }), [blocks, block, each]);
  const alike = sameness(g, g.reshape(sorted, [blocks, block, 1]), g.reshape(sorted, [blocks, 1, block]));
  const sums = g.node('MatMul', [g.cast(alike, 'float32'), ordered], [blocks, block, each], 'float32'); // [G, C, E]
  const ends = wholeEnds(g, inBlocks, sums); // [G, E]
  const nothing = filled(g, [1, each], 0, 'float32');
  const found = concatenated(g, [g.reshape(sums, [rows, each]), ends, nothing], 0); // [N + G + 1, E]
  const places = segmentPlaces(g, sorted, inBlocks, count);
  return g.node('Gather', [found, places], [count, each], 'float32', { axis: 0 });
}

/** A vector in order, and where its numbers stood. */
function ascending(g: GraphBuilder, ids: Traced): [sorted: Traced, order: Traced] {
  const outputs = [
    { shape: ids.shape, dtype: 'int32' },
    { shape: ids.shape, dtype: 'int64' },
  ] as const;
  const made = g.nodes('TopK', [ids, g.int64(ids.shape)], outputs, { axis: 0, largest: 0, sorted: 1 });
  return made as [Traced, Traced];
}

function sameness(g: GraphBuilder, left: Traced, right: Traced): Traced {
  const shape = left.shape.map((length, axis) => Math.max(length, right.shape[axis] ?? 1));
  return g.node('Equal', [left, right], shape, 'bool');
}

/** Sums of the segments at the ends of blocks, with what following blocks begin with of them: [G, E]. */
function wholeEnds(g: GraphBuilder, inBlocks: Traced, sums: Traced): Traced {
  const [blocks = 0, block = 0, each = 0] = sums.shape;
  const at = (place: number) => g.reshape(sliced(g, sums, [0, place, 0], [blocks, 1, each]), [blocks, each]);
  const first = g.reshape(sliced(g, inBlocks, [0, 0], [blocks, 1]), [1, blocks]);
  const last = sliced(g, inBlocks, [0, block - 1], [blocks, 1]);
  const follows = g.constant(
    Uint8Array.from(range(blocks * blocks), (pair) => (pair % blocks > Math.floor(pair / blocks) ? 1 : 0)),
    [blocks, blocks],
    'bool',
  );
  const goesOn = g.node('And', [sameness(g, last, first), follows], [blocks, blocks], 'bool');
  const rest = g.node('MatMul', [g.cast(goesOn, 'float32'), at(0)], [blocks, each], 'float32');
  return g.node('Add', [at(block - 1), rest], [blocks, each], 'float32');
}

/** Where each segment's sum lies among the N of rows, the G of ends and the row of zeros behind them: [S] int32. */
function segmentPlaces(g: GraphBuilder, sorted: Traced, inBlocks: Traced, count: number): Traced {
  const [blocks = 0, block = 0] = inBlocks.shape;
  const rows = blocks * block;
  const whole = (values: readonly number[], shape: readonly number[]) =>
    g.constant(Int32Array.from(values), shape, 'int32');
  const last = sliced(g, inBlocks, [0, block - 1], [blocks, 1]);
  const ofEnds = whole(
    range(blocks).map((index) => rows + index),
    [blocks, 1],
  );
  const ofRows = whole(range(rows), [blocks, block]);
  const place = g.node('Where', [sameness(g, inBlocks, last), ofEnds, ofRows], [blocks, block], 'int32');
  const isNew = g.node(
    'Not',
    [sameness(g, sliced(g, sorted, [1], [rows - 1]), sliced(g, sorted, [0], [rows - 1]))],
    [rows - 1],
    'bool',
  );
  const starts = concatenated(g, [g.constant(Uint8Array.of(1), [1], 'bool'), isNew], 0);
  const isSegment = g.node(
    'And',
    [
      g.node('Greater', [sorted, g.scalar(-1, 'int32')], [rows], 'bool'),
      g.node('Less', [sorted, g.scalar(count, 'int32')], [rows], 'bool'),
    ],
    [rows],
    'bool',
  );
  const counts = g.node('And', [starts, isSegment], [rows], 'bool');
  const segment = g.node('Where', [counts, sorted, g.scalar(count, 'int32')], [rows], 'int32'); // S for what counts for nothing
  const nowhere = whole(new Array<number>(count + 1).fill(rows + blocks), [count + 1]);
  const placed = g.node('ScatterElements', [nowhere, segment, g.reshape(place, [rows])], [count + 1], 'int32', {
    axis: 0,
  });
  return sliced(g, placed, [0], [count]);
}
