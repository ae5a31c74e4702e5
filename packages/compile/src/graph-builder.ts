/**
 * Grows a graph one node at a time. Kernels and lowerings write through this;
 * nothing here knows which function is being traced.
 */
import { CompileError } from '@cpc/base';
import {
  type Attribute,
  type Constant,
  type DataType,
  definedNames,
  type Graph,
  type Node,
  renamedThroughout,
  subgraphsOf,
  type TensorSpec,
  type Value,
} from './graph.js';

/** A value under construction. */
export class Traced implements TensorSpec {
  constructor(
    readonly name: string,
    readonly shape: readonly number[],
    readonly dtype: DataType,
  ) {}
}

type Attributes = Readonly<Record<string, Attribute>>;

export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #values = new Map<string, Value>();
  readonly #inputs: Value[] = [];
  readonly #names: NameSource;
  readonly #around: GraphBuilder | undefined;

  /**
   * @param names - shared between a graph and its subgraphs, so that no name stands for two values.
   * @param around - builder of the graph that this one is a subgraph of.
   */
  constructor(names: NameSource = new NameSource(), around?: GraphBuilder) {
    this.#names = names;
    this.#around = around;
  }

  /** A builder for a subgraph of this one, or for a piece to splice into it. */
  child(): GraphBuilder {
    return new GraphBuilder(this.#names, this);
  }

  /** True if nodes of this graph may read values of that one: it is the same graph, or one around it. */
  sees(other: GraphBuilder): boolean {
    return this === other || (this.#around?.sees(other) ?? false);
  }

  input(name: string, spec: TensorSpec): Traced {
    if (this.#values.has(name)) throw new CompileError(`graph: two inputs are named "${name}"; names must differ.`);
    this.#names.reserve(name);
    const traced = new Traced(name, spec.shape, spec.dtype);
    this.#inputs.push(this.#record(traced));
    return traced;
  }

  /** An input of a subgraph, under a name of its own. */
  anonymousInput(spec: TensorSpec): Traced {
    return this.input(this.#names.next(), spec);
  }

  /** A name no value has yet. */
  freshName(): string {
    return this.#names.next();
  }

  /** Adds a node with one output. */
  node(
    op: string,
    inputs: readonly (Traced | '')[],
    shape: readonly number[],
    dtype: DataType,
    attributes: Attributes = {},
    domain?: string,
  ): Traced {
    const [output] = this.nodes(op, inputs, [{ shape, dtype }], attributes, domain);
    if (output === undefined) throw new CompileError(`graph: node ${op} made no output.`);
    return output;
  }

  /** Adds a node with any number of outputs. */
  nodes(
    op: string,
    inputs: readonly (Traced | '')[],
    outputs: readonly TensorSpec[],
    attributes: Attributes = {},
    domain?: string,
  ): Traced[] {
    const made = outputs.map(({ shape, dtype }) => new Traced(this.#names.next(), shape, dtype));
    for (const output of made) this.#record(output);
    this.#nodes.push({
      op,
      inputs: inputs.map((input) => (input === '' ? '' : input.name)),
      outputs: made.map((output) => output.name),
      attributes,
      ...(domain === undefined ? {} : { domain }),
    });
    return made;
  }

  constant(data: Constant['data'], shape: readonly number[], dtype: DataType): Traced {
    const traced = new Traced(this.#names.next(), shape, dtype);
    this.#constants.set(traced.name, { data, shape, dtype });
    this.#record(traced);
    return traced;
  }

  /** A vector of int64: what ONNX wants for shapes, axes, starts and ends. */
  int64(values: readonly number[]): Traced {
    return this.constant(BigInt64Array.from(values.map(BigInt)), [values.length], 'int64');
  }

  scalar(value: number, dtype: 'float32' | 'int32' = 'float32'): Traced {
    return this.constant(dtype === 'float32' ? Float32Array.of(value) : Int32Array.of(value), [], dtype);
  }

  reshape(value: Traced, shape: readonly number[]): Traced {
    return this.node('Reshape', [value, this.int64(shape)], shape, value.dtype, { allowzero: 1 });
  }

  cast(value: Traced, dtype: DataType): Traced {
    return value.dtype === dtype ? value : this.node('Cast', [value], value.shape, dtype, { to: onnxDataType[dtype] });
  }

  transpose(value: Traced, perm: readonly number[]): Traced {
    const shape = perm.map((axis) => value.shape[axis] ?? 1);
    return this.node('Transpose', [value], shape, value.dtype, { perm });
  }

  /** Takes over inputs, constants and values of a finished graph, as they are; its nodes follow by `append`. */
  adopt(graph: Graph): void {
    this.#reserve(graph);
    for (const [name, value] of graph.values) this.#values.set(name, value);
    for (const [name, constant] of graph.constants) this.#constants.set(name, constant);
    this.#inputs.push(...graph.inputs);
  }

  append(node: Node): void {
    this.#nodes.push(node);
  }

  /**
   * The finished graph; `outputs` gives each output's name in the order they shall have. A value inside that bears the
   * name of an output gives way to it.
   *
   * @throws {CompileError} if an output has the name of an input.
   */
  finish(outputs: readonly (readonly [name: string, value: Traced])[]): Graph {
    const written: Graph = {
      inputs: this.#inputs,
      outputs: [],
      nodes: this.#nodes,
      constants: this.#constants,
      values: this.#values,
    };
    const rename = this.#givingWay(written, outputs);
    const inside = renamedThroughout(written, rename);
    const [nodes, values] = [[...inside.nodes], new Map(inside.values)];
    const named = outputs.map(([name, { name: from, shape, dtype }]) => {
      const source = rename.get(from) ?? from;
      if (name !== source) nodes.push({ op: 'Identity', inputs: [source], outputs: [name], attributes: {} });
      const output: Value = { name, shape, dtype };
      values.set(name, output);
      return output;
    });
    return { ...inside, nodes, values, outputs: named };
  }

  /** New names for values that bear the name of an output and are not that output. */
  #givingWay(graph: Graph, outputs: readonly (readonly [name: string, value: Traced])[]): Map<string, string> {
    const inputs = new Set(graph.inputs.map(({ name }) => name));
    const taken = new Set(definedNames(graph));
    const rename = new Map<string, string>();
    for (const [name] of outputs) this.#names.reserve(name);
    for (const [name, value] of outputs) {
      if (inputs.has(name)) {
        throw new CompileError(`graph: output "${name}" has the name of an input; name it differently.`);
      }
      if (name !== value.name && taken.has(name)) rename.set(name, this.#names.next());
    }
    return rename;
  }

  /** ONNX lets no subgraph reuse a name of the graph around it. */
  #reserve(graph: Graph): void {
    for (const name of graph.values.keys()) this.#names.reserve(name);
    for (const node of graph.nodes) for (const inner of subgraphsOf(node)) this.#reserve(inner);
  }

  #record(traced: Traced): Value {
    const value: Value = { name: traced.name, shape: traced.shape, dtype: traced.dtype };
    this.#values.set(value.name, value);
    return value;
  }
}

/** ONNX's TensorProto.DataType numbers. */
export const onnxDataType: Readonly<Record<DataType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** Hands out value names `t0`, `t1`, … that are not taken. */
class NameSource {
  #count = 0;
  readonly #taken = new Set<string>();

  reserve(name: string): void {
    this.#taken.add(name);
  }

  next(): string {
    let name: string;
    do name = `t${this.#count++}`;
    while (this.#taken.has(name));
    return name;
  }
}
