/**
 * A computation as data: values, the nodes that make them, and constants.
 *
 * A node's `op` is an ONNX operator (opset 18) or the name of a primitive, which
 * `passes/lower-primitives.ts` replaces before a graph can be encoded. This file
 * knows neither TensorFlow.js nor ONNX Runtime.
 */

/** Element types a graph can hold. `int64` occurs only as shapes and axes of ONNX operators. */
export type DataType = 'float32' | 'int32' | 'bool' | 'int64';

/** Length of an axis: a number, or the name of a symbolic axis such as `batch`. */
export type AxisLength = number | string;

/** Shape and element type of a tensor. */
export interface TensorSpec<Length extends AxisLength = number> {
  readonly shape: readonly Length[];
  readonly dtype: DataType;
}

/** A named value inside a graph. */
export interface Value extends TensorSpec<AxisLength> {
  readonly name: string;
}

/** A value known when the graph is made. int32 and bool are stored as they are, int64 as BigInt64Array. */
export interface Constant extends TensorSpec {
  readonly data: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

/** ONNX attribute: number -> int, number[] -> ints, string -> string; floats and subgraphs are wrapped. */
export type Attribute = number | readonly number[] | string | { readonly float: number } | { readonly graph: Graph };

export interface Node {
  readonly op: string;
  /** Names of values; '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** ONNX operator set; '' is the standard one. */
  readonly domain?: string;
  /** What a profile or a viewer calls it; none if left out. */
  readonly name?: string;
}

/** Nodes are in an order in which they can run. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** Every value by name: inputs, constants and what nodes make. */
  readonly values: ReadonlyMap<string, Value>;
}

/** How many elements a tensor of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A shape of numbers; undefined where an axis is symbolic. */
export function fixedShapeOf({ shape }: TensorSpec<AxisLength>): number[] | undefined {
  const lengths = shape.flatMap((length) => (typeof length === 'number' ? [length] : []));
  return lengths.length === shape.length ? lengths : undefined;
}

/** The order of axes that undoes another. */
export function inverseOf(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}

/** A constant's elements as numbers. */
export function numbersOf({ data }: Constant): number[] {
  return Array.from<number | bigint, number>(data, Number);
}

/** Subgraphs held in a node's attributes. */
export function subgraphsOf(node: Node): Graph[] {
  return Object.values(node.attributes).flatMap((attribute) =>
    typeof attribute === 'object' && 'graph' in attribute ? [attribute.graph] : [],
  );
}

/** Names of all values of a graph and its subgraphs. */
export function definedNames(graph: Graph): string[] {
  return [...graph.values.keys(), ...graph.nodes.flatMap(subgraphsOf).flatMap(definedNames)];
}

/** The graph with other names for some of its values, wherever they stand; subgraphs included. */
export function renamedThroughout(graph: Graph, rename: ReadonlyMap<string, string>): Graph {
  if (rename.size === 0) return graph;
  const named = (name: string) => rename.get(name) ?? name;
  const value = (old: Value): Value => ({ ...old, name: named(old.name) });
  return {
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map(value),
    nodes: graph.nodes.map((node) => renamedNode(node, rename)),
    constants: new Map([...graph.constants].map(([name, constant]) => [named(name), constant])),
    values: new Map([...graph.values].map(([name, old]) => [named(name), value(old)])),
  };
}

function renamedNode(node: Node, rename: ReadonlyMap<string, string>): Node {
  const named = (name: string) => rename.get(name) ?? name;
  const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, Attribute] => [
    key,
    typeof attribute === 'object' && 'graph' in attribute
      ? { graph: renamedThroughout(attribute.graph, rename) }
      : attribute,
  ]);
  return {
    ...node,
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
    attributes: Object.fromEntries(attributes),
  };
}

/** Names a node reads: its inputs and whatever its subgraphs capture from outside. */
export function namesReadBy(node: Node): string[] {
  return [...node.inputs.filter((name) => name !== ''), ...subgraphsOf(node).flatMap(capturedNames)];
}

/** Names a graph reads but does not define itself; empty for a graph that is not a subgraph. */
function capturedNames(graph: Graph): string[] {
  const own = new Set([...graph.inputs.map((value) => value.name), ...graph.constants.keys()]);
  for (const node of graph.nodes) for (const name of node.outputs) own.add(name);
  const read = [...graph.nodes.flatMap(namesReadBy), ...graph.outputs.map((value) => value.name)];
  return [...new Set(read.filter((name) => !own.has(name)))];
}
