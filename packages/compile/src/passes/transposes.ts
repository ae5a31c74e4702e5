/**
 * Moves Transposes behind element-wise nodes and reductions, where they meet their opposite and both are
 * gone: between two convolutions, bias and activation run in the convolution's own layout.
 *
 * A Transpose is written only where a reader insists on it. Where one value would so be transposed in
 * several disguises, transposing it at once may be cheaper: each such value is tried both ways, and the
 * graph with the fewest transposed elements wins, the given one included.
 */
import type { Graph, Node } from '../graph.js';
import type { Pass } from './support/pass.js';
import { TransposeMover } from './support/transpose-mover.js';

export const transposes: Pass = { name: 'transposes', apply: moved };

function moved(graph: Graph): Graph {
  let best: { readonly graph: Graph; readonly cost: number } = { graph, cost: transposedElements(graph) };
  if (best.cost === 0) return graph;
  const pinned = new Set<string>();
  const attempt = (): ReadonlyMap<string, number> => {
    const mover = new TransposeMover(graph, pinned);
    const candidate = mover.graph();
    const cost = transposedElements(candidate);
    if (cost < best.cost) best = { graph: candidate, cost };
    else if (pinned.size > 0) pinned.delete([...pinned].at(-1) ?? '');
    return mover.disguises;
  };
  for (const [origin, count] of attempt()) {
    if (count < 2) continue;
    pinned.add(origin);
    attempt();
  }
  return best.graph;
}

/** What a graph's Transposes cost: the elements they move. */
export function transposedElements(graph: Graph): number {
  const sizeOf = ({ outputs: [name = ''] }: Node) =>
    (graph.values.get(name)?.shape ?? []).reduce<number>((size, length) => size * Number(length), 1) || 1;
  return graph.nodes.reduce((sum, node) => (node.op === 'Transpose' ? sum + sizeOf(node) : sum), 0);
}
