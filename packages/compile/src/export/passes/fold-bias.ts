/** Puts a bias that is added to a Conv or Gemm into the operator's own bias input. */
import { type Constant, type Graph, type Node, namesReadBy } from '../../graph.js';
import type { Pass } from '../../passes/support/pass.js';
import { renamedInputs } from '../../passes/support/rename.js';

export const foldBias: Pass = { name: 'fold-bias', apply: withBias };

interface BiasedProduct {
  /** The Conv or Gemm. */
  readonly product: Node;
  /** The Add behind it. */
  readonly sum: Node;
  readonly bias: Constant;
}

function withBias(graph: Graph): Graph {
  const found = biasedProducts(graph);
  const byProduct = new Map(found.map((item) => [item.product, item]));
  const sums = new Set(found.map((item) => item.sum));
  const constants = new Map(graph.constants);
  const values = new Map(graph.values);
  // What still reads a product's shape reads that of the sum, which is the same.
  const rename = new Map(found.map(({ product, sum }) => [product.outputs[0] ?? '', sum.outputs[0] ?? '']));
  const nodes = graph.nodes.flatMap((node) => {
    if (sums.has(node)) return [];
    const item = byProduct.get(node);
    if (item === undefined) return [renamedInputs(node, rename)];
    const name = `${item.sum.outputs[0]}_bias`;
    const bias: Constant = { ...item.bias, shape: [item.bias.data.length] };
    constants.set(name, bias);
    values.set(name, { name, shape: bias.shape, dtype: bias.dtype });
    return [{ ...node, inputs: [...node.inputs, name], outputs: item.sum.outputs }];
  });
  return { ...graph, nodes, constants, values };
}

/** Products whose value is read by one Add of a constant with one number per output channel, and by nothing else. */
function biasedProducts(graph: Graph): BiasedProduct[] {
  const products = new Map(graph.nodes.filter(takesBias).map((node) => [node.outputs[0] ?? '', node]));
  const valueReaders = graph.nodes.filter((node) => node.op !== 'Shape').flatMap(namesReadBy);
  const read = new Map<string, number>();
  for (const name of [...valueReaders, ...graph.outputs.map((value) => value.name)])
    read.set(name, (read.get(name) ?? 0) + 1);
  return graph.nodes.flatMap((sum) => {
    if (sum.op !== 'Add') return [];
    for (const [input = '', added = ''] of [sum.inputs, [...sum.inputs].reverse()]) {
      const product = products.get(input);
      const bias = graph.constants.get(added);
      if (product === undefined || bias === undefined || read.get(input) !== 1) continue;
      if (isPerChannel(bias, graph.values.get(input)?.shape ?? [], product.op)) return [{ product, sum, bias }];
    }
    return [];
  });
}

function takesBias({ op, inputs }: Node): boolean {
  return (op === 'Conv' || op === 'Gemm') && inputs.length === 2;
}

function isPerChannel({ shape, data }: Constant, sum: readonly unknown[], op: string): boolean {
  const channelAxis = op === 'Conv' ? 1 : sum.length - 1;
  return (
    shape.length <= sum.length && shape.at(channelAxis - sum.length) === data.length && data.length === sum[channelAxis]
  );
}
