/**
 * One graph for all sizes out of traces at several sizes.
 *
 * Traces of one function differ only in shapes and in constants that hold shapes. Node by node, such a constant is
 * replaced by something that is right at every size: a copied or inferred entry of a Reshape, a Slice's end counted
 * from the end, else arithmetic on shapes that the running graph has at hand.
 */
import { CompileError } from '@cpc/base';
import type { AxisLength, Constant, Graph, Node, TensorSpec, Value } from '../graph.js';
import { GraphBuilder } from '../graph-builder.js';
import type { AxisSizes, SymbolicSpecs } from './axes.js';
import type { Length } from './length.js';
import { type FloorLength, formatFloor, Lengths, type ReadableAtom, windowsOf } from './lengths.js';
import { isSame, NodeRewriter, type RewriteScope } from './rewrite-node.js';
import { ShapeArithmetic } from './shape-arithmetic.js';

/** A function's graph at one set of sizes. */
export interface SizedGraph {
  readonly sizes: AxisSizes;
  readonly graph: Graph;
}

/**
 * The graph that agrees with every trace, with lengths named wherever they differ.
 *
 * @param traces - the same function at different sizes; equal constants are one object (see `shareConstants`).
 * @param multiples - what each named axis is a multiple of.
 * @throws {CompileError} if the traces differ in more than shapes, or a length follows no rule, naming node and axis.
 */
export function generalise(
  traces: readonly SizedGraph[],
  inputs: SymbolicSpecs,
  multiples: Readonly<Record<string, number>>,
): Graph {
  const axes = Object.keys(traces[0]?.sizes ?? {}).map((name) => axisAtom(name, traces, inputs, multiples));
  const graphs = traces.map(({ graph }) => graph);
  return new Generaliser([graphs], new Lengths(axes)).graph(new GraphBuilder());
}

function axisAtom(
  name: string,
  traces: readonly SizedGraph[],
  inputs: SymbolicSpecs,
  multiples: Readonly<Record<string, number>>,
): ReadableAtom {
  const series = traces.map(({ sizes }) => sizes[name] ?? 0);
  for (const [value, { shape }] of Object.entries(inputs)) {
    const axis = shape.indexOf(name);
    if (axis >= 0) return { name, series, multipleOf: multiples[name] ?? 1, source: { value, axis } };
  }
  throw new CompileError(`exportOnnx: no input has the axis "${name}".`);
}

class Generaliser implements RewriteScope {
  /** The traces of this graph, then those of the graphs around it. */
  readonly #scopes: readonly (readonly Graph[])[];
  readonly #traces: readonly Graph[];
  readonly #lengths: Lengths;
  readonly #floors = new Map<string, FloorLength>();
  /** Every value met so far, its lengths named. */
  readonly #values = new Map<string, Value>();

  constructor(scopes: readonly (readonly Graph[])[], lengths: Lengths) {
    this.#scopes = scopes;
    this.#traces = scopes[0] ?? [];
    this.#lengths = lengths;
  }

  graph(builder: GraphBuilder): Graph {
    const [first] = this.#traces;
    if (first === undefined) throw new CompileError('exportOnnx: nothing was traced.');
    builder.adopt({ ...first, constants: this.#unchangedConstants(first) });
    const arithmetic = new ShapeArithmetic(builder);
    const inputs = first.inputs.map(({ name }) => this.#symbolic(name));
    for (const [index, node] of first.nodes.entries()) {
      const versions = this.#traces.map(({ nodes }) => sameNode(node, nodes[index]));
      builder.append(new NodeRewriter(this, versions, builder, arithmetic).node());
      for (const name of node.outputs) this.#symbolic(name, node);
    }
    const outputs = first.outputs.map(({ name }) => this.#symbolic(name));
    const finished = builder.finish([]);
    return { ...finished, inputs, outputs, values: new Map([...finished.values, ...this.#values]) };
  }

  /** A length's rule, from what is known where the graph now stands. */
  find(series: readonly number[]): Length<ReadableAtom> | undefined {
    return this.#lengths.find(series);
  }

  /** A constant as it is in every trace; undefined for a value that is not constant. */
  constantVersions(name: string): Constant[] | undefined {
    for (const traces of this.#scopes) {
      const versions = traces.flatMap((graph) => graph.constants.get(name) ?? []);
      if (versions.length === traces.length) return versions;
    }
    return undefined;
  }

  /** Every axis of a value as a series. */
  shapeSeries(name: string): number[][] {
    const shapes = this.#traces.map((_, trace) => this.#shape(name, trace));
    return (shapes[0] ?? []).map((_, axis) => shapes.map((shape) => shape[axis] ?? 0));
  }

  describe(name: string, versions: readonly TensorSpec[]): void {
    const [first] = versions;
    if (first === undefined) return;
    const shape = first.shape.map((_, axis) =>
      this.#lengths.nameOf(versions.map((version) => version.shape[axis] ?? 0)),
    );
    this.#values.set(name, { name, shape, dtype: first.dtype });
  }

  /** The body of a node such as Scan. */
  inner(bodies: readonly Graph[], builder: GraphBuilder): Graph {
    return new Generaliser([bodies, ...this.#scopes], this.#lengths.inner()).graph(builder);
  }

  #shape(name: string, trace: number): readonly number[] {
    for (const traces of this.#scopes) {
      const value = traces[trace]?.values.get(name);
      if (value !== undefined) return value.shape.map(Number);
    }
    return [];
  }

  #unchangedConstants(first: Graph): Map<string, Constant> {
    return new Map([...first.constants].filter(([name]) => isSame(this.constantVersions(name) ?? [])));
  }

  /** Notes a value's lengths and records it with their names. */
  #symbolic(name: string, node?: Node): Value {
    const dtype = this.#traces[0]?.values.get(name)?.dtype ?? 'float32';
    const shape = this.shapeSeries(name).map((series, axis): AxisLength => {
      this.#lengths.meet(series, { value: name, axis }, () => this.#floorName(series, node, axis));
      return this.#lengths.nameOf(series);
    });
    const value: Value = { name, shape, dtype };
    this.#values.set(name, value);
    return value;
  }

  /** `floor((samples + 2)/5)` for what strided windows make of `samples`, where that is so in every trace. */
  #floorName(series: readonly number[], node: Node | undefined, axis: number): string {
    const before = node === undefined ? undefined : this.#floorOf(this.shapeSeries(node.inputs[0] ?? '')[axis] ?? []);
    const floor =
      before === undefined || node === undefined || axis < 2 ? undefined : windowsOf(before, node, axis - 2);
    const atom = floor === undefined ? undefined : this.#lengths.seriesOf(floor.atom);
    const agrees =
      floor !== undefined &&
      series.every((length, index) => length === Math.floor(((atom?.[index] ?? 0) + floor.added) / floor.divisor));
    if (floor === undefined || !agrees) return `${node?.outputs[0] ?? 'value'}_axis_${axis}`;
    this.#floors.set(series.join(), floor);
    return formatFloor(floor);
  }

  #floorOf(series: readonly number[]): FloorLength | undefined {
    const known = this.#floors.get(series.join());
    const fit = this.find(series);
    const [term, rest, ...more] = fit?.terms ?? [];
    const [atom, ...others] = term?.factors ?? [];
    const simple = atom !== undefined && others.length === 0 && term?.coefficient === 1 && more.length === 0;
    if (known !== undefined || fit === undefined || !simple || (rest?.factors.length ?? 0) > 0) return known;
    return { atom: atom.name, added: rest?.coefficient ?? 0, divisor: fit.divisor };
  }
}

function sameNode(expected: Node, received: Node | undefined): Node {
  const isSameNode =
    received !== undefined &&
    received.op === expected.op &&
    received.inputs.join() === expected.inputs.join() &&
    received.outputs.join() === expected.outputs.join();
  if (isSameNode) return received;
  throw new CompileError(
    `exportOnnx: node ${expected.op} (${expected.outputs.join(', ')}) is there at some sizes and ` +
      `${received === undefined ? 'nothing' : `${received.op} (${received.outputs.join(', ')})`} at others: the function takes ` +
      'different paths. Loops over an axis and conditions on a length can not be exported with that axis free; for loops there are scan, gru and lstm.',
  );
}
