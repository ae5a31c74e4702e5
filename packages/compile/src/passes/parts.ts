/** A Slice that cuts one part of a Concat back out is that part. */
import type { Graph, Node } from '../graph.js';
import type { Pass } from './support/pass.js';
import { renamedInputs } from './support/rename.js';

export const parts: Pass = { name: 'parts', apply: withPartsTaken };

function withPartsTaken(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map((value) => value.name));
  const joined = new Map<string, Node>();
  const rename = new Map<string, string>();
  const nodes = graph.nodes.flatMap((original): Node[] => {
    const node = renamedInputs(original, rename);
    const [name = ''] = node.outputs;
    if (node.op === 'Concat') joined.set(name, node);
    const part = node.op === 'Slice' ? partOf(graph, node, joined.get(node.inputs[0] ?? '')) : undefined;
    if (part === undefined) return [node];
    if (outputs.has(name)) return [{ op: 'Identity', inputs: [part], outputs: [name], attributes: {} }];
    rename.set(name, part);
    return [];
  });
  return { ...graph, nodes };
}

/** The part that lies exactly where the Slice cuts; undefined if there is none. */
function partOf(graph: Graph, slice: Node, concat: Node | undefined): string | undefined {
  const [start, end, axis] = slice.inputs.slice(1).map((name) => onlyNumber(graph, name));
  if (concat === undefined || axis === undefined || axis !== concat.attributes.axis) return undefined;
  if (slice.inputs.length !== 4) return undefined; // a fifth input is a step
  let before = 0;
  for (const part of concat.inputs) {
    const length = Number(graph.values.get(part)?.shape[axis]);
    if (before === start && before + length === end) return part;
    before += length;
  }
  return undefined;
}

function onlyNumber(graph: Graph, name: string): number | undefined {
  const data = graph.constants.get(name)?.data;
  return data?.length === 1 ? Number(data[0]) : undefined;
}
