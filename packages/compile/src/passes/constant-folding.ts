/** Computes once, here, what a runtime would compute from constants each time or when it loads the graph. */
import {
  type Attribute,
  type Constant,
  fixedShapeOf,
  type Graph,
  type Node,
  sizeOf,
  subgraphsOf,
  type Value,
} from '../graph.js';
import { evaluated } from './support/evaluate.js';
import type { Pass } from './support/pass.js';

export const constantFolding: Pass = { name: 'constant-folding', apply: (graph) => folded(graph, noConstants) };

/** A constant of the graph at hand or of one around it. */
type Lookup = (name: string) => Constant | undefined;

const noConstants: Lookup = () => undefined;

/** Results above this size are kept as nodes, unless they only rearrange what is as large already. */
const largestComputed = 1024;

const rearranging = new Set(['Concat', 'Identity', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze']);

function folded(graph: Graph, outside: Lookup): Graph {
  const constants = new Map(graph.constants);
  const lookup: Lookup = (name) => constants.get(name) ?? outside(name);
  const outputs = new Set(graph.outputs.map((value) => value.name));
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const [name = ''] = node.outputs;
    const constant = outputs.has(name) ? undefined : constantOf(node, graph.values.get(name), lookup);
    if (constant === undefined) return [withFoldedBodies(node, lookup)];
    constants.set(name, constant);
    return [];
  });
  return { ...graph, nodes, constants };
}

function constantOf(node: Node, result: Value | undefined, lookup: Lookup): Constant | undefined {
  if (result === undefined || node.outputs.length !== 1) return undefined;
  const shape = fixedShapeOf(result);
  const inputs = node.inputs.flatMap((name) => lookup(name) ?? []);
  if (shape === undefined || inputs.length !== node.inputs.length) return undefined;
  const isWorthwhile = rearranging.has(node.op) || sizeOf(shape) <= largestComputed;
  return isWorthwhile ? evaluated(node, inputs, shape) : undefined;
}

/** Bodies of Scan and the like may read constants from around them. */
function withFoldedBodies(node: Node, lookup: Lookup): Node {
  if (subgraphsOf(node).length === 0) return node;
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, attribute]): [string, Attribute] => [
      key,
      typeof attribute === 'object' && 'graph' in attribute ? { graph: folded(attribute.graph, lookup) } : attribute,
    ]),
  );
  return { ...node, attributes };
}
