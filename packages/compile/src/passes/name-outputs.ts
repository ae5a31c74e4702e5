/** Lets the node that makes an output carry its name, instead of an Identity behind it. */
import type { Graph, Node } from '../graph.js';
import type { Pass } from './support/pass.js';
import { renamedInputs } from './support/rename.js';

export const nameOutputs: Pass = { name: 'name-outputs', apply: withNamedOutputs };

function withNamedOutputs(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map((value) => value.name));
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const rename = new Map<string, string>();
  const kept = graph.nodes.filter((node) => {
    const [from = ''] = node.inputs;
    const [to = ''] = node.outputs;
    const isAlias =
      node.op === 'Identity' && outputs.has(to) && made.has(from) && !outputs.has(from) && !rename.has(from);
    if (isAlias) rename.set(from, to);
    return !isAlias;
  });
  const nodes = kept.map((node): Node => {
    const renamed = renamedInputs(node, rename);
    return { ...renamed, outputs: node.outputs.map((name) => rename.get(name) ?? name) };
  });
  return { ...graph, nodes };
}
