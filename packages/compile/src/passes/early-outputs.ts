/**
 * Puts nodes of which nothing follows but outputs behind all others, in reverse.
 *
 * ONNX Runtime walks back from these nodes, the one that stands last first, and computes what each needs before it. A backward pass ends with the
 * gradients of the first layer: begun there, the way back goes through all layers at once, and the products that make the gradients of the others'
 * parameters come when it is over, with everything that they read in memory until then. Begun at the last layer's, each comes when it can.
 */
import { type Graph, type Node, namesReadBy } from '../graph.js';
import type { Pass } from './support/pass.js';

export const earlyOutputs: Pass = { name: 'early-outputs', apply: withEarlyOutputs };

function withEarlyOutputs(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap(namesReadBy));
  const isRead = ({ outputs }: Node) => outputs.some((name) => read.has(name));
  const last = graph.nodes.filter((node) => !isRead(node)).reverse();
  return { ...graph, nodes: [...graph.nodes.filter(isRead), ...last] };
}
