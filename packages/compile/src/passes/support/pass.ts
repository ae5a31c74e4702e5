/** A pass takes a graph and returns an equivalent one; it never changes its argument. */
import type { Graph } from '../../graph.js';

export interface Pass {
  readonly name: string;
  readonly apply: (graph: Graph) => Graph;
}
