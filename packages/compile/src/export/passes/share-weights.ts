/** Holds equal weights once: a layer that is applied twice makes its weights twice. */
import type { Constant, Graph } from '../../graph.js';
import type { Pass } from '../../passes/support/pass.js';
import { renamedInputs } from '../../passes/support/rename.js';
import { isEqual } from '../share-constants.js';

export const shareWeights: Pass = { name: 'share-weights', apply: withSharedWeights };

function withSharedWeights(graph: Graph): Graph {
  const kept = new Map<string, [name: string, constant: Constant][]>();
  const rename = new Map<string, string>();
  for (const [name, constant] of graph.constants) {
    const key = `${constant.dtype} ${constant.shape.join()}`;
    const alike = kept.get(key) ?? [];
    const equal = alike.find(([, other]) => isEqual(constant, other));
    if (equal === undefined) kept.set(key, [...alike, [name, constant]]);
    else rename.set(name, equal[0]);
  }
  return { ...graph, nodes: graph.nodes.map((node) => renamedInputs(node, rename)) };
}
