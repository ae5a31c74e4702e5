/**
 * One node of a traced graph, rewritten so that it is right at every size.
 */
import { CompileError } from '@cpc/base';
import type { Attribute, Constant, Graph, Node, TensorSpec } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { isConstant, type Length } from './length.js';
import type { ReadableAtom } from './lengths.js';
import type { ShapeArithmetic } from './shape-arithmetic.js';

/** What a rewrite may ask about the graph around it, as far as it has been walked. */
export interface RewriteScope {
  /** How a length follows from lengths met before; undefined if it does not. */
  readonly find: (series: readonly number[]) => Length<ReadableAtom> | undefined;
  /** A constant as it is in every trace; undefined for a value that is not constant. */
  readonly constantVersions: (name: string) => Constant[] | undefined;
  /** Every axis of a value as a series. */
  readonly shapeSeries: (name: string) => number[][];
  /** Gives a value that took the place of a constant that constant's shape, with lengths named. */
  readonly describe: (name: string, versions: readonly TensorSpec[]) => void;
  /** The body of a node such as Scan, rewritten. */
  readonly inner: (bodies: readonly Graph[], builder: GraphBuilder) => Graph;
}

/** The largest int64: what ONNX takes for "to the end of the axis". */
const endOfAxis = 2n ** 63n - 1n;

/** Rewrites one node so that it is right at every size. */
export class NodeRewriter {
  readonly #scope: RewriteScope;
  readonly #versions: readonly Node[];
  readonly #first: Node;
  readonly #builder: GraphBuilder;
  readonly #arithmetic: ShapeArithmetic;

  constructor(scope: RewriteScope, versions: readonly Node[], builder: GraphBuilder, arithmetic: ShapeArithmetic) {
    const [first] = versions;
    if (first === undefined) throw new CompileError('exportOnnx: a node is missing from the traces.');
    this.#scope = scope;
    this.#versions = versions;
    this.#first = first;
    this.#builder = builder;
    this.#arithmetic = arithmetic;
  }

  node(): Node {
    const attributes = this.#attributes();
    const target = this.#first.op === 'Reshape' ? this.#changing(1) : undefined;
    if (target !== undefined) return this.#reshape(target);
    const inputs = this.#first.inputs.map((name, index) => this.#input(name, index));
    return { ...this.#first, inputs, attributes };
  }

  #attributes(): Record<string, Attribute> {
    return Object.fromEntries(
      Object.entries(this.#first.attributes).map(([key, attribute]) => {
        const versions = this.#versions.map(({ attributes }) => attributes[key]);
        if (typeof attribute === 'object' && 'graph' in attribute) {
          return [key, { graph: this.#scope.inner(versions.flatMap(graphOf), this.#builder.child()) }];
        }
        if (versions.every((version) => JSON.stringify(version) === JSON.stringify(attribute))) return [key, attribute];
        throw this.#error(
          `its attribute ${key} changes with the sizes (${versions.map((v) => JSON.stringify(v)).join(', ')})`,
        );
      }),
    );
  }

  #input(name: string, index: number): string {
    const versions = this.#changing(index);
    if (versions === undefined) return name;
    const isBound = this.#first.op === 'Slice' && (index === 1 || index === 2);
    const made = (isBound ? this.#sliceBound(versions, index === 2) : undefined) ?? this.#computed(versions, index);
    this.#scope.describe(made.name, versions);
    return made.name;
  }

  /** The versions of an input that is constant within a trace and differs between traces. */
  #changing(index: number): Constant[] | undefined {
    const versions = this.#scope.constantVersions(this.#first.inputs[index] ?? '');
    return versions === undefined || isSame(versions) ? undefined : versions;
  }

  /** Entries are numbers, 0 for "as in the input", -1 for one to be inferred; the rest is computed. */
  #reshape(versions: readonly Constant[]): Node {
    const shape = this.#scope.shapeSeries(this.#first.inputs[0] ?? '');
    const wanted = entriesOf(versions);
    const copied = wanted.map((series, axis) => !isConstant(series) && series.join() === shape[axis]?.join());
    const open = wanted.flatMap((series, axis) => (isConstant(series) || copied[axis] ? [] : [axis]));
    const inferred = open.find((axis) => this.#scope.find(wanted[axis] ?? []) === undefined) ?? open[0];
    const entries = wanted.map((series, axis) => {
      if (isConstant(series)) return series[0] ?? 0;
      if (copied[axis]) return 0;
      return axis === inferred ? -1 : this.#length(series, axis);
    });
    if (wanted.some((series) => series[0] === 0)) throw this.#error('it makes an axis of length 0');
    const reshaped = this.#input(this.#first.inputs[0] ?? '', 0);
    return { ...this.#first, inputs: [reshaped, this.#arithmetic.vector(entries).name], attributes: {} };
  }

  /** Starts and ends that keep their distance to the end of the axis, whatever its length. */
  #sliceBound(versions: readonly Constant[], isEnd: boolean): Traced | undefined {
    const axes = this.#scope.constantVersions(this.#first.inputs[3] ?? '')?.[0];
    const shape = this.#scope.shapeSeries(this.#first.inputs[0] ?? '');
    const bounds = entriesOf(versions).map((series, index) => {
      if (isConstant(series)) return BigInt(series[0] ?? 0);
      const lengths = shape[Number(axes?.data[index] ?? index)] ?? [];
      const distances = series.map((bound, trace) => bound - (lengths[trace] ?? 0));
      const [distance = 0] = distances;
      if (!isConstant(distances) || distance > 0) return undefined;
      return distance < 0 ? BigInt(distance) : isEnd ? endOfAxis : undefined;
    });
    if (!bounds.every((bound) => bound !== undefined)) return undefined;
    return this.#builder.constant(BigInt64Array.from(bounds), [bounds.length], 'int64');
  }

  /** A constant that is a shape, a length as a number, or one value throughout. */
  #computed(versions: readonly Constant[], index: number): Traced {
    const [first] = versions;
    if (first === undefined) throw this.#error(`its input ${index} is missing`);
    const { dtype } = first;
    if (isSame(versions.map(({ shape }) => shape.join())) && versions.every(isWholeAndSmall)) {
      const entries = entriesOf(versions).map((series, entry) =>
        isConstant(series) ? (series[0] ?? 0) : this.#length(series, this.#axisOfEntry(index, entry)),
      );
      const vector = this.#arithmetic.cast(this.#arithmetic.vector(entries), dtype);
      return first.shape.length === 1 ? vector : this.#builder.reshape(vector, first.shape);
    }
    const [value] = first.data;
    if (
      value !== undefined &&
      versions.every(({ data }) => data.every((other: number | bigint) => Object.is(other, value)))
    ) {
      const one = this.#builder.constant(first.data.slice(0, 1), [], dtype);
      return this.#builder.node('Expand', [one, this.#shapeVector(versions)], first.shape, dtype);
    }
    throw this.#error(
      `its input ${index} is a constant whose values change with the sizes (shapes ${versions.map(described).join(', ')}); ` +
        'pass it as an input of the function',
    );
  }

  #shapeVector(versions: readonly TensorSpec[]): Traced {
    const axes = versions[0]?.shape ?? [];
    return this.#arithmetic.vector(
      axes.map((length, axis) => {
        const series = versions.map(({ shape }) => shape[axis] ?? 0);
        return isConstant(series) ? length : this.#length(series, axis);
      }),
    );
  }

  /** The axis that an entry of a shape, of a Slice's bounds or of a Pad's amounts is about. */
  #axisOfEntry(index: number, entry: number): number {
    const { op, inputs } = this.#first;
    if (op === 'Slice') return Number(this.#scope.constantVersions(inputs[3] ?? '')?.[0]?.data[entry] ?? entry);
    return op === 'Pad' && index === 1 ? entry % this.#scope.shapeSeries(inputs[0] ?? '').length : entry;
  }

  #length(series: readonly number[], axis: number): Length<ReadableAtom> {
    const length = this.#scope.find(series);
    if (length !== undefined) return length;
    throw this.#error(
      `the length of axis ${axis} follows no rule that could be found (${series.join(', ')} at the traced sizes)`,
    );
  }

  #error(problem: string): CompileError {
    const { op, outputs } = this.#first;
    return new CompileError(`exportOnnx: node ${op} (${outputs.join(', ')}) can't be made free of sizes: ${problem}.`);
  }
}

/** Every element of a vector or scalar as a series. */
function entriesOf(versions: readonly Constant[]): number[][] {
  return Array.from({ length: versions[0]?.data.length ?? 0 }, (_, index) =>
    versions.map(({ data }) => Number(data[index])),
  );
}

function isWholeAndSmall({ data, shape }: Constant): boolean {
  return data.length <= 16 && shape.length <= 1 && Array.from(data, Number).every(Number.isInteger);
}

export function isSame(items: readonly unknown[]): boolean {
  return items.every((item) => item === items[0]);
}

function described({ shape }: TensorSpec): string {
  return `[${shape.join(', ')}]`;
}

function graphOf(attribute: Attribute | undefined): Graph[] {
  return typeof attribute === 'object' && 'graph' in attribute ? [attribute.graph] : [];
}
