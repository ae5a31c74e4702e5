/** Makes equal constants of several traces one object, so that weights are held once and compared by identity. */
import type { Constant, Graph, Node } from '../graph.js';

/** `graph` with those constants that `reference` has under the same name with the same content taken from there. */
export function shareConstants(reference: Graph, graph: Graph): Graph {
  const nodes = graph.nodes.map((node, index) => sharedWithin(reference.nodes[index], node));
  const constants = new Map(
    [...graph.constants].map(([name, constant]) => {
      const known = reference.constants.get(name);
      return [name, known !== undefined && isEqual(known, constant) ? known : constant];
    }),
  );
  return { ...graph, nodes, constants };
}

function sharedWithin(reference: Node | undefined, node: Node): Node {
  const attributes = Object.entries(node.attributes).map(([key, attribute]) => {
    const known = reference?.attributes[key];
    const bothGraphs = isGraph(attribute) && isGraph(known);
    return [key, bothGraphs ? { graph: shareConstants(known.graph, attribute.graph) } : attribute] as const;
  });
  return { ...node, attributes: Object.fromEntries(attributes) };
}

function isGraph(attribute: unknown): attribute is { readonly graph: Graph } {
  return typeof attribute === 'object' && attribute !== null && 'graph' in attribute;
}

export function isEqual(a: Constant, b: Constant): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || a.data.length !== b.data.length) return false;
  if (a.data === b.data) return true;
  for (let index = 0; index < a.data.length; index++) if (!Object.is(a.data[index], b.data[index])) return false;
  return true;
}
