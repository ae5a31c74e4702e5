/** Drops nodes, constants and values that no output depends on. Inputs stay: they are the signature. */
import { type Graph, type Node, namesReadBy } from '../graph.js';
import type { Pass } from './support/pass.js';

export const deadCode: Pass = { name: 'dead-code', apply: withoutDeadCode };

function withoutDeadCode(graph: Graph): Graph {
  const live = new Set(graph.outputs.map((value) => value.name));
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => live.has(name))) continue;
    nodes.push(node);
    for (const name of namesReadBy(node)) live.add(name);
  }
  nodes.reverse();
  for (const value of graph.inputs) live.add(value.name);
  for (const node of nodes) for (const name of node.outputs) live.add(name);
  return {
    ...graph,
    nodes,
    constants: new Map([...graph.constants].filter(([name]) => live.has(name))),
    values: new Map([...graph.values].filter(([name]) => live.has(name))),
  };
}
