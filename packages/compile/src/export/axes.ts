/**
 * Axes whose length is left open in an exported file, and the lengths at which the function is traced to learn how
 * everything else depends on them.
 */
import { CompileError } from '@cpc/base';
import type { AxisLength, TensorSpec } from '../graph.js';
import type { NamedSpecs } from '../trace.js';

/** An axis that has no fixed length in the file. */
export interface AxisOptions {
  /** A typical length, at least 1. Make it long enough that every length derived from it is at least 2. */
  readonly example: number;
  /** The lengths that will be used are multiples of this; default 1. Makes `samples / 160` an exact length. */
  readonly multipleOf?: number;
  /** The least length that works; default 1. Stored in the file, so that `loadOnnx` refuses shorter ones by name. */
  readonly atLeast?: number;
}

export type NamedAxes = Readonly<Record<string, AxisOptions>>;

/** Shapes and element types by name; a string in a shape names an axis. */
export type SymbolicSpecs = Readonly<Record<string, TensorSpec<AxisLength>>>;

/** One length per named axis. */
export type AxisSizes = Readonly<Record<string, number>>;

/** Traces per export: two points determine a length, the others check it; the last one is never fitted to. */
const traceCount = 5;

/** Named axes at most: the multiples of 1, 2, 3 and 4 modulo `traceCount` put the lengths of each in an order of its own. */
const mostAxes = traceCount - 1;

/**
 * The sizes to trace at: every axis takes `traceCount` different lengths, from its example up to a few times as much.
 * Counted in units of `multipleOf` they leave every remainder when divided by 2, 3, 4 and 5: what depends on a
 * remainder, such as the padding of strided windows, differs between traces and is noticed.
 *
 * @throws {CompileError} if an axis is used and not described, described and not used, or has impossible options.
 */
export function tracedSizes(inputs: SymbolicSpecs, axes: NamedAxes): AxisSizes[] {
  const used = new Set(
    Object.values(inputs).flatMap(({ shape }) => shape.filter((length) => typeof length === 'string')),
  );
  for (const name of used) if (axes[name] === undefined) throw unknownAxis(name, axes);
  for (const name of Object.keys(axes)) if (!used.has(name)) throw unusedAxis(name, inputs);
  if (used.size === 0) return [{}];
  if (used.size > mostAxes)
    throw new CompileError(`exportOnnx: ${used.size} named axes; at most ${mostAxes} can be told apart.`);
  return Array.from({ length: traceCount }, (_, trace) =>
    Object.fromEntries(
      Object.entries(axes).map(([name, options], index) => [
        name,
        sizeAt(name, options, (trace * (index + 1)) % traceCount),
      ]),
    ),
  );
}

/** The specs with numbers for names. */
export function fixedSpecs(inputs: SymbolicSpecs, sizes: AxisSizes): NamedSpecs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [
      name,
      { shape: shape.map((length) => (typeof length === 'number' ? length : (sizes[length] ?? 0))), dtype },
    ]),
  );
}

/** Lengths of 1 are left out: at 1 a function may take a path of its own, such as a batch of one. */
function sizeAt(name: string, { example, multipleOf = 1, atLeast = 1 }: AxisOptions, place: number): number {
  for (const [option, value] of [
    ['example', example],
    ['multipleOf', multipleOf],
    ['atLeast', atLeast],
  ] as const) {
    if (!Number.isInteger(value) || value < 1) {
      throw new CompileError(
        `exportOnnx: axis "${name}": expected ${option} to be a whole number of at least 1, received ${value}.`,
      );
    }
  }
  if (example % multipleOf !== 0) {
    throw new CompileError(`exportOnnx: axis "${name}": the example ${example} is not a multiple of ${multipleOf}.`);
  }
  const units = Math.max(2, example / multipleOf);
  return multipleOf * (units + place * stepFrom(Math.ceil(units / 2)));
}

/** The smallest step of at least this much that shares no factor with 2, 3 and 5: `traceCount` steps leave all remainders. */
function stepFrom(least: number): number {
  let step = least;
  while ([2, 3, 5].some((factor) => step % factor === 0)) step += 1;
  return step;
}

function unknownAxis(name: string, axes: NamedAxes): CompileError {
  return new CompileError(
    `exportOnnx: an input has the axis "${name}", which axes does not describe (it has: ${Object.keys(axes).join(', ') || 'none'}). ` +
      `Add ${name}: { example: <a typical length> }.`,
  );
}

function unusedAxis(name: string, inputs: SymbolicSpecs): CompileError {
  const shapes = Object.entries(inputs).map(([input, { shape }]) => `${input} [${shape.join(', ')}]`);
  return new CompileError(`exportOnnx: axes describes "${name}", which no input has; inputs are ${shapes.join(', ')}.`);
}
