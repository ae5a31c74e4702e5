/** Replaces names throughout nodes, subgraphs included. Shared by passes that let one value stand for another. */
import { type Attribute, type Graph, type Node, subgraphsOf } from '../../graph.js';

export function renamedInputs(node: Node, rename: ReadonlyMap<string, string>): Node {
  if (rename.size === 0) return node;
  const inputs = node.inputs.map((name) => rename.get(name) ?? name);
  if (subgraphsOf(node).length === 0) return { ...node, inputs };
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, attribute]) => [key, renamedAttribute(attribute, rename)]),
  );
  return { ...node, inputs, attributes };
}

function renamedAttribute(attribute: Attribute, rename: ReadonlyMap<string, string>): Attribute {
  return typeof attribute === 'object' && 'graph' in attribute
    ? { graph: renamedGraph(attribute.graph, rename) }
    : attribute;
}

function renamedGraph(graph: Graph, rename: ReadonlyMap<string, string>): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => renamedInputs(node, rename)) };
}
