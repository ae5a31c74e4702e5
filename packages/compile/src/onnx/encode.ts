/**
 * A graph as an ONNX file (IR version 8, opset 18). Field numbers are those of onnx.proto3.
 */
import { CompileError } from '@cpc/base';
import { type Attribute, type Constant, type Graph, type Node, subgraphsOf, type Value } from '../graph.js';
import { onnxDataType } from '../graph-builder.js';
import { primitiveDomain } from '../primitives/define.js';
import { MessageWriter } from './protobuf.js';

/** Operator sets an encoded graph may use. */
export const opset = 18;
export const microsoftDomain = 'com.microsoft';

export interface OnnxOptions {
  /** Name of the graph inside the file. */
  readonly name?: string;
  /** Key-value pairs stored in the file's metadata_props. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of an ONNX file.
 *
 * @throws {CompileError} if the graph still holds a primitive; lower it first with `lowerPrimitives`.
 */
export function toOnnx(graph: Graph, options: OnnxOptions = {}): Uint8Array {
  const model = new MessageWriter()
    .integer(1, 8) // ir_version
    .text(2, '@cpc/compile')
    .message(7, encodeGraph(graph, options.name ?? 'graph'))
    .message(8, operatorSet('', opset));
  for (const domain of domainsOf(graph)) model.message(8, operatorSet(domain, 1));
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    model.message(14, new MessageWriter().text(1, key).text(2, value));
  }
  return model.finish();
}

/** Operator sets besides the standard one that a graph's nodes and their subgraphs use. */
function domainsOf(graph: Graph): Set<string> {
  const inner = graph.nodes.flatMap(subgraphsOf).flatMap((subgraph) => [...domainsOf(subgraph)]);
  return new Set([...graph.nodes.flatMap(({ domain = '' }) => (domain === '' ? [] : [domain])), ...inner]);
}

function operatorSet(domain: string, version: number): MessageWriter {
  return new MessageWriter().text(1, domain).integer(2, version);
}

function encodeGraph(graph: Graph, name: string): MessageWriter {
  const message = new MessageWriter();
  for (const node of graph.nodes) message.message(1, encodeNode(node));
  message.text(2, name);
  for (const [constantName, constant] of graph.constants) message.message(5, encodeConstant(constantName, constant));
  for (const value of graph.inputs) message.message(11, encodeValue(value));
  for (const value of graph.outputs) message.message(12, encodeValue(value));
  return message;
}

function encodeNode(node: Node): MessageWriter {
  if (node.domain === primitiveDomain) {
    throw new CompileError(
      `toOnnx: the graph holds the primitive ${node.op}; lower it first with lowerPrimitives('train').apply(graph), or 'export' for a file.`,
    );
  }
  const message = new MessageWriter();
  for (const name of node.inputs) message.text(1, name);
  for (const name of node.outputs) message.text(2, name);
  if (node.name !== undefined) message.text(3, node.name);
  message.text(4, node.op);
  for (const [key, attribute] of Object.entries(node.attributes)) message.message(5, encodeAttribute(key, attribute));
  if (node.domain !== undefined) message.text(7, node.domain);
  return message;
}

const attributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

function encodeAttribute(key: string, attribute: Attribute): MessageWriter {
  const message = new MessageWriter().text(1, key);
  if (typeof attribute === 'number') return message.integer(3, attribute).integer(20, attributeType.int);
  if (typeof attribute === 'string') return message.text(4, attribute).integer(20, attributeType.string);
  if ('float' in attribute) return message.float(2, attribute.float).integer(20, attributeType.float);
  if ('graph' in attribute)
    return message.message(6, encodeGraph(attribute.graph, key)).integer(20, attributeType.graph);
  for (const value of attribute) message.integer(8, value);
  return message.integer(20, attributeType.ints);
}

function encodeConstant(name: string, constant: Constant): MessageWriter {
  const message = new MessageWriter();
  for (const length of constant.shape) message.integer(1, length);
  const { buffer, byteOffset, byteLength } = constant.data;
  return message
    .integer(2, onnxDataType[constant.dtype])
    .text(8, name)
    .bytes(9, new Uint8Array(buffer, byteOffset, byteLength));
}

function encodeValue(value: Value): MessageWriter {
  const shape = new MessageWriter();
  for (const length of value.shape) {
    shape.message(
      1,
      typeof length === 'number' ? new MessageWriter().integer(1, length) : new MessageWriter().text(2, length),
    );
  }
  const tensor = new MessageWriter().integer(1, onnxDataType[value.dtype]).message(2, shape);
  return new MessageWriter().text(1, value.name).message(2, new MessageWriter().message(1, tensor));
}
