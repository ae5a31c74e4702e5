/** A graph as text, for people. */
import type { Attribute, Constant, Graph, Node, Value } from './graph.js';
import { subgraphsOf } from './graph.js';

/**
 * One line per input, node and output, in order; bodies of loops stand indented under their node. Constants of up to 8
 * elements are written out, others as `name=type[shape]`, and an input that is left out as `-`.
 *
 * @example
 * toText(trace(({ x }) => ({ y: tf.relu(x) }), { x: { shape: [2, 3], dtype: 'float32' } }));
 * // input x: float32[2, 3]
 * // t0: float32[2, 3] = Relu(x)
 * // y: float32[2, 3] = Identity(t0)
 * // output y: float32[2, 3]
 */
export function toText(graph: Graph): string {
  return lines(graph).join('\n');
}

function lines(graph: Graph): string[] {
  return [
    ...graph.inputs.map((value) => `input ${described(value)}`),
    ...graph.nodes.flatMap((node) => nodeLines(graph, node)),
    ...graph.outputs.map((value) => `output ${described(value)}`),
  ];
}

function nodeLines(graph: Graph, node: Node): string[] {
  const outputs = node.outputs.map((name) =>
    described(graph.values.get(name) ?? { name, shape: [], dtype: 'float32' }),
  );
  const inputs = node.inputs.map((name) => shownInput(name, graph.constants.get(name)));
  const attributes = Object.entries(node.attributes).flatMap(([key, value]) => shownAttribute(key, value));
  const operator = node.domain === undefined ? node.op : `${node.domain}.${node.op}`;
  const head = `${outputs.join(', ')} = ${operator}(${[...inputs, ...attributes].join(', ')})`;
  return [head, ...subgraphsOf(node).flatMap((inner) => lines(inner).map((line) => `  ${line}`))];
}

function described(value: Value): string {
  return `${value.name}: ${value.dtype}[${value.shape.join(', ')}]`;
}

function shownInput(name: string, constant: Constant | undefined): string {
  if (name === '') return '-';
  if (constant === undefined) return name;
  if (constant.data.length > 8) return `${name}=${constant.dtype}[${constant.shape.join(', ')}]`;
  return constant.shape.length === 0 ? String(constant.data[0]) : `[${constant.data.join(', ')}]`;
}

function shownAttribute(key: string, attribute: Attribute): string[] {
  if (typeof attribute !== 'object') return [`${key}=${attribute}`];
  if ('graph' in attribute) return [];
  return [`${key}=${'float' in attribute ? attribute.float : `[${attribute.join(', ')}]`}`];
}
