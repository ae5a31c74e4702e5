/**
 * Lets a ReLU follow the node that computes its input, before what only rearranges the result: a runtime computes a convolution and
 * its ReLU as one, and rearrangements on both sides of the ReLU meet.
 */
import { type Graph, type Node, namesReadBy } from '../graph.js';
import type { Pass } from './support/pass.js';

export const earlyRelus: Pass = { name: 'early-relus', apply: withEarlyRelus };

const rearranging = new Set(['Reshape', 'Transpose']);

function withEarlyRelus(graph: Graph): Graph {
  const readers = readersOf(graph);
  const makers = new Map(graph.nodes.map((node, index) => [node.outputs[0] ?? '', index]));
  const nodes = [...graph.nodes];
  const values = new Map(graph.values);
  for (let index = 0; index < nodes.length; index++) {
    let relu = index;
    for (;;) {
      const between = makers.get(nodes[relu]?.inputs[0] ?? '') ?? -1;
      const [rearranged, rectified] = [nodes[between], nodes[relu]];
      const [name = ''] = rearranged?.outputs ?? [];
      const isBefore = rectified?.op === 'Relu' && readers.get(name) === 1 && rearranging.has(rearranged?.op ?? '');
      if (!isBefore || rearranged === undefined) break;
      const [source = ''] = rearranged.inputs;
      const value = values.get(source);
      if (value === undefined) break;
      nodes[between] = { ...rectified, inputs: [source], outputs: [name] };
      nodes[relu] = { ...rearranged, inputs: [name, ...rearranged.inputs.slice(1)], outputs: rectified.outputs };
      values.set(name, { ...value, name });
      relu = between;
    }
  }
  return { ...graph, nodes, values };
}

/** How many nodes and outputs read each value. */
function readersOf({ nodes, outputs }: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  const read = [...nodes.flatMap((node: Node) => [...new Set(namesReadBy(node))]), ...outputs.map(({ name }) => name)];
  for (const name of read) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
