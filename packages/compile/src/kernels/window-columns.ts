/**
 * What every window of a convolution reads, side by side, so that the convolution is one product; and the way back.
 *
 * Letters used for shapes here:
 *   B  batch    H, W  input height, width    C  channels of what is rearranged    P, Q  output height, width
 *   h, w  filter height, width
 */
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { filled } from './fill.js';
import { range } from './kernel.js';
import { concatenated } from './slicing.js';
import type { Window } from './window.js';

/** Float32 elements that may stand side by side: 64 MiB. */
const elementsAtOnce = 2 ** 24;

/** In how many groups pictures of so many elements are taken that a group's may stand side by side; infinitely many where not even one's may. */
export function groupsOf(pictures: number, elementsOfOne: number): number {
  const together = Math.floor(elementsAtOnce / Math.max(1, elementsOfOne));
  return pictures * elementsOfOne > 0 ? Math.ceil(pictures / together) : Number.POSITIVE_INFINITY;
}

/** A tap of a filter: how many rows down, how many columns to the right. */
type Tap = readonly [down: number, right: number];

/** The taps of a window's filter, row by row, in groups whose positions may stand side by side; the fewest such groups. */
export function tapGroups(x: Traced, { size, output }: Window): Tap[][] {
  const [batch = 0, , , channels = 0] = x.shape;
  const elements = batch * sizeOf(output) * channels; // of a tap
  const together = Math.max(1, Math.floor(elementsAtOnce / Math.max(1, elements)));
  const taps = positions(size);
  return range(Math.ceil(taps.length / together)).map((group) => taps.slice(group * together, (group + 1) * together));
}

/**
 * The input positions of every window, tap by tap.
 *
 * @param x - `[B, H, W, C]`.
 * @param taps - those that are wanted; all if left out.
 * @returns `[B P Q, h w C]`, or as many C as there are taps.
 */
export function windowColumns(
  g: GraphBuilder,
  x: Traced,
  { size, strides, dilations, padBefore, input, output }: Window,
  taps: readonly Tap[] = positions(size),
): Traced {
  const places = positions(output).flatMap(([row, column]) =>
    taps.map(([down, right]) =>
      placeOf(
        input,
        row * strides[0] + down * dilations[0] - padBefore[0],
        column * strides[1] + right * dilations[1] - padBefore[1],
      ),
    ),
  );
  const [batch = 0, , , channels = 0] = x.shape;
  const gathered = gatheredPlaces(g, g.reshape(x, [batch, sizeOf(input), channels]), places);
  return g.reshape(gathered, [batch * sizeOf(output), taps.length * channels]);
}

/**
 * The output positions whose windows read an input position, tap by tap: zeros where there is none.
 *
 * @param dy - `[B, P, Q, C]`.
 * @returns `[B H W, h w C]`.
 */
export function readingColumns(g: GraphBuilder, dy: Traced, window: Window): Traced {
  const places = positions(window.input).flatMap((position) => readersOf(position, window).map(({ place }) => place));
  const [batch = 0, , , channels = 0] = dy.shape;
  const gathered = gatheredPlaces(g, g.reshape(dy, [batch, sizeOf(window.output), channels]), places);
  return g.reshape(gathered, [batch * sizeOf(window.input), sizeOf(window.size) * channels]);
}

/**
 * For every input position the sum of what its windows hand back to it.
 *
 * @param columns - `[B P Q, h w C]`: for every window and tap, what goes back through that tap.
 * @returns `[B H W, C]`.
 */
export function summedColumns(g: GraphBuilder, columns: Traced, window: Window): Traced {
  const taps = sizeOf(window.size);
  const inputs = sizeOf(window.input);
  const outputs = sizeOf(window.output);
  const [rows = 0, width = 0] = columns.shape;
  const [batch, channels] = [rows / outputs, width / taps];
  const reading = positions(window.input).map((position) =>
    readersOf(position, window).flatMap(({ place, tap }) => (place === undefined ? [] : [place * taps + tap])),
  );
  const most = Math.max(1, ...reading.map(({ length }) => length));
  const places = range(most).flatMap((index) => reading.map((each) => each[index])); // long rows are added up faster than short ones
  const gathered = gatheredPlaces(g, g.reshape(columns, [batch, outputs * taps, channels]), places);
  if (most === 1) return g.reshape(gathered, [batch * inputs, channels]);
  const shares = g.reshape(gathered, [batch, most, inputs * channels]);
  const sums = g.node('ReduceSum', [shares, g.int64([1])], [batch, inputs * channels], 'float32', { keepdims: 0 });
  return g.reshape(sums, [batch * inputs, channels]);
}

/** `[B, N, C]` to `[B, places, C]`; zeros for a place that is none; x itself for all places in order. */
function gatheredPlaces(g: GraphBuilder, x: Traced, places: readonly (number | undefined)[]): Traced {
  const [batch = 0, length = 0, channels = 0] = x.shape;
  if (places.length === length && places.every((place, index) => place === index)) return x;
  const isFramed = places.includes(undefined);
  const framed = isFramed ? concatenated(g, [x, filled(g, [batch, 1, channels], 0, 'float32')], 1) : x;
  const indices = g.constant(
    Int32Array.from(places, (place) => place ?? length),
    [places.length],
    'int32',
  );
  return g.node('Gather', [framed, indices], [batch, places.length, channels], 'float32', { axis: 1 });
}

/** For every tap the window that reads an input position through it, if there is one. */
function readersOf([row, column]: readonly [number, number], { size, strides, dilations, padBefore, output }: Window) {
  return positions(size).map(([down, right], tap) => {
    const top = (row + padBefore[0] - down * dilations[0]) / strides[0];
    const left = (column + padBefore[1] - right * dilations[1]) / strides[1];
    return { tap, place: placeOf(output, top, left) };
  });
}

/** The number of a position, row by row; undefined outside, and between positions. */
function placeOf([height, width]: readonly [number, number], row: number, column: number): number | undefined {
  const isInside = row >= 0 && row < height && column >= 0 && column < width;
  return isInside && Number.isInteger(row) && Number.isInteger(column) ? row * width + column : undefined;
}

/** Row by row. */
function positions([height, width]: readonly [number, number]): [row: number, column: number][] {
  return range(height).flatMap((row) => range(width).map((column): [number, number] => [row, column]));
}
