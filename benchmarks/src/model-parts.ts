/**
 * Which part of a model a node computes: its nodes get names such as `encoder/12`, which ONNX Runtime's profile shows.
 *
 * Parts are told by the parameters, `parameters/<part>/…`, in the order in which the computation first reads them. A node of the
 * way to the loss belongs to the last part among those of what it reads. A node of the way back belongs to the last part among
 * those of the values that it reads from the way there, and of the gradients that it leads to: so the gradients of a layer's kernel and
 * of its input both count as the layer's. A function that gives no loss counts whole: as the update, if it gives what comes next.
 */
import type { Graph, Node, Pass } from '@cpc/compile';

/** Of nodes that depend on no parameter, such as the layout of a batch. */
const inputPart = 'input';
const updatePart = 'update';
const wholeModel = 'model';

const parametersPrefix = 'parameters/';
const gradientsPrefix = 'gradients/';
const nextPrefix = 'next/';

/** Changes nothing but names. To be applied last. */
export const labelModelParts: Pass = {
  name: 'model-parts',
  apply: (graph) => {
    const partOf = partsOf(graph);
    return { ...graph, nodes: graph.nodes.map((node, index) => ({ ...node, name: `${partOf(node)}/${index}` })) };
  },
};

/** The part in a name that `labelModelParts` gave, and that the runtime may have written more behind. */
export function partOfName(name: string): string {
  return /^([^/]+)\/\d/.exec(name)?.[1] ?? 'made by the runtime';
}

function partsOf(graph: Graph): (node: Node) => string {
  if (graph.outputs.some(({ name }) => name.startsWith(nextPrefix))) return () => updatePart;
  if (!graph.outputs.some(({ name }) => name === 'loss')) return () => wholeModel;
  const parts = partsInOrder(graph);
  const stage = (name: string) => parts.indexOf(partOfTensor(name, parametersPrefix) ?? '');
  const forward = leadingTo(graph.nodes, ({ outputs }) => outputs.includes('loss'));
  const reached = new Map<string, number>(); // value -> last stage on its way there
  const ledTo = new Map<string, number>(); // value -> last stage among the gradients it leads to
  for (const { inputs, outputs } of graph.nodes.filter((node) => forward.has(node))) {
    const last = Math.max(-1, ...inputs.map((name) => Math.max(stage(name), reached.get(name) ?? -1)));
    for (const output of outputs) reached.set(output, last);
  }
  for (const { inputs, outputs } of [...graph.nodes].reverse().filter((node) => !forward.has(node))) {
    const last = Math.max(-1, ...outputs.map((name) => ledTo.get(name) ?? gradientStage(name, parts)));
    for (const input of inputs) ledTo.set(input, Math.max(ledTo.get(input) ?? -1, last));
  }
  return (node) => {
    const read = node.inputs.map((name) => Math.max(stage(name), reached.get(name) ?? -1));
    const led = forward.has(node) ? [] : node.outputs.map((name) => ledTo.get(name) ?? gradientStage(name, parts));
    return parts[Math.max(-1, ...read, ...led)] ?? inputPart;
  };
}

function gradientStage(name: string, parts: readonly string[]): number {
  return parts.indexOf(partOfTensor(name, gradientsPrefix) ?? '');
}

/** `encoder` of `parameters/encoder/kernel`. */
function partOfTensor(name: string, prefix: string): string | undefined {
  return name.startsWith(prefix) ? name.slice(prefix.length).split('/')[0] : undefined;
}

function partsInOrder({ nodes }: Graph): string[] {
  const read = nodes.flatMap(({ inputs }) => inputs.flatMap((name) => partOfTensor(name, parametersPrefix) ?? []));
  return [...new Set(read)];
}

/** The nodes that those chosen depend on, and the chosen ones. */
function leadingTo(nodes: readonly Node[], isChosen: (node: Node) => boolean): Set<Node> {
  const wanted = new Set<string>();
  const found = new Set<Node>();
  for (const node of [...nodes].reverse()) {
    if (!isChosen(node) && !node.outputs.some((name) => wanted.has(name))) continue;
    found.add(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return found;
}
