/**
 * Where the gradient of a ReLU asks whether its input was above 0, asks its output instead: the same answer, and the input need
 * not be kept until then.
 */
import type { Graph, Node } from '../graph.js';
import { numbersOf } from '../graph.js';
import type { Pass } from './support/pass.js';

export const reluMasks: Pass = { name: 'relu-masks', apply: masked };

function masked(graph: Graph): Graph {
  const rectified = new Map<string, string>(); // input of a Relu -> its output
  const nodes = graph.nodes.map((node) => {
    const [value = '', bound = ''] = node.inputs;
    if (node.op === 'Relu') rectified.set(value, node.outputs[0] ?? '');
    const output = node.op === 'Greater' && isZero(graph, bound) ? rectified.get(value) : undefined;
    return output === undefined ? node : withFirstInput(node, output);
  });
  return { ...graph, nodes };
}

function isZero({ constants }: Graph, name: string): boolean {
  const constant = constants.get(name);
  return constant !== undefined && numbersOf(constant).every((value) => value === 0);
}

function withFirstInput(node: Node, input: string): Node {
  return { ...node, inputs: [input, ...node.inputs.slice(1)] };
}
