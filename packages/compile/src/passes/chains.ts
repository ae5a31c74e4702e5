/** Collapses chains: Reshape of Reshape into one, Transpose of Transpose into one (or none, by `identities`). */
import type { Graph, Node } from '../graph.js';
import type { Pass } from './support/pass.js';

export const chains: Pass = { name: 'chains', apply: collapsed };

function collapsed(graph: Graph): Graph {
  const producers = new Map<string, Node>();
  const nodes = graph.nodes.map((original) => {
    const node = shortened(original, producers);
    for (const name of node.outputs) producers.set(name, node);
    return node;
  });
  return { ...graph, nodes };
}

/** The node reading from before its predecessor, where the two are of one kind. */
function shortened(node: Node, producers: ReadonlyMap<string, Node>): Node {
  const [from, ...rest] = node.inputs;
  const before = producers.get(from ?? '');
  const source = before?.inputs[0];
  if (before === undefined || source === undefined || before.op !== node.op) return node;
  if (node.op === 'Reshape') return { ...node, inputs: [source, ...rest] };
  if (node.op !== 'Transpose') return node;
  const first = before.attributes.perm;
  const second = node.attributes.perm;
  if (!isList(first) || !isList(second)) return node;
  return { ...node, inputs: [source], attributes: { perm: second.map((axis) => first[axis] ?? axis) } };
}

function isList(value: unknown): value is readonly number[] {
  return Array.isArray(value);
}
