/** Computes equal things once: equal constants and nodes with equal operator, inputs and attributes. */
import { type Constant, type Graph, type Node, subgraphsOf } from '../graph.js';
import type { Pass } from './support/pass.js';
import { renamedInputs } from './support/rename.js';

export const commonSubexpressions: Pass = { name: 'common-subexpressions', apply: shared };

/** Constants above this size are compared by identity only. */
const comparedElements = 4096;

function shared(graph: Graph): Graph {
  const rename = new Map<string, string>();
  const seen = new Map<string, readonly string[]>();
  const kept = new Set(graph.outputs.map((value) => value.name));
  for (const [name, constant] of graph.constants) {
    if (constant.data.length <= comparedElements && !kept.has(name)) meet(constantKey(constant), [name], seen, rename);
  }
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = renamedInputs(original, rename);
    const unique = subgraphsOf(node).length > 0 || node.outputs.some((name) => kept.has(name));
    if (unique || !meet(nodeKey(node), node.outputs, seen, rename)) nodes.push(node);
  }
  return { ...graph, nodes };
}

/** True if an equal thing was seen before; its names then stand for these. */
function meet(
  key: string,
  names: readonly string[],
  seen: Map<string, readonly string[]>,
  rename: Map<string, string>,
): boolean {
  const earlier = seen.get(key);
  if (earlier === undefined) {
    seen.set(key, names);
    return false;
  }
  for (const [index, name] of names.entries()) rename.set(name, earlier[index] ?? name);
  return true;
}

function nodeKey(node: Node): string {
  return `node ${node.domain ?? ''} ${node.op} ${node.inputs.join(',')} ${node.outputs.length} ${JSON.stringify(node.attributes)}`;
}

function constantKey(constant: Constant): string {
  // Object.is(-0, 0) matters: -0 and 0 print alike but divide differently.
  const values = Array.from<number | bigint, string>(constant.data, (value) =>
    Object.is(value, -0) ? '-0' : String(value),
  );
  return `constant ${constant.dtype} [${constant.shape.join(',')}] ${values.join(',')}`;
}
