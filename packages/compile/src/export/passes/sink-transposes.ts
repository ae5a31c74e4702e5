/**
 * Moves Transposes behind element-wise nodes until they meet their opposite and both are gone. Between two
 * convolutions bias and activation then run in the convolution's own layout.
 */
import { type Constant, type Graph, inverseOf, type Node, type Value } from '../../graph.js';
import { transposed } from '../../passes/support/evaluate.js';
import type { Pass } from '../../passes/support/pass.js';

export const sinkTransposes: Pass = { name: 'sink-transposes', apply: (graph) => new Sinking(graph).graph() };

const elementwise = new Set([
  ...[
    'Abs',
    'Add',
    'Ceil',
    'Clip',
    'Div',
    'Elu',
    'Erf',
    'Exp',
    'Floor',
    'LeakyRelu',
    'Log',
    'Max',
    'Min',
    'Mul',
    'Neg',
    'Pow',
  ],
  ...['Reciprocal', 'Relu', 'Round', 'Selu', 'Sigmoid', 'Sign', 'Softplus', 'Sqrt', 'Sub', 'Tanh'],
]);

interface Transposed {
  readonly source: string;
  readonly perm: readonly number[];
}

class Sinking {
  readonly #graph: Graph;
  readonly #nodes: Node[] = [];
  readonly #constants: Map<string, Constant>;
  readonly #values: Map<string, Value>;
  readonly #transposed = new Map<string, Transposed>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#constants = new Map(graph.constants);
    this.#values = new Map(graph.values);
  }

  graph(): Graph {
    for (const node of this.#graph.nodes) {
      if (node.op === 'Transpose') this.#transpose(node);
      else if (!this.#sunk(node)) this.#nodes.push(node);
    }
    return { ...this.#graph, nodes: this.#nodes, constants: this.#constants, values: this.#values };
  }

  /** A Transpose of a Transpose is one; of none if they undo each other. */
  #transpose(node: Node): void {
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const perm = listOf(node.attributes.perm);
    const before = this.#transposed.get(input);
    const whole =
      before === undefined
        ? { source: input, perm }
        : { source: before.source, perm: perm.map((axis) => before.perm[axis] ?? axis) };
    if (whole.perm.every((axis, index) => axis === index)) {
      this.#nodes.push({ op: 'Identity', inputs: [whole.source], outputs: [output], attributes: {} });
      return;
    }
    this.#transposed.set(output, whole);
    this.#nodes.push({ ...node, inputs: [whole.source], attributes: { perm: whole.perm } });
  }

  /** Writes an element-wise node before the Transpose of its operands instead of after it; false if that can't be. */
  #sunk(node: Node): boolean {
    const [output = ''] = node.outputs;
    const shape = this.#values.get(output)?.shape ?? [];
    const perm = node.inputs.map((name) => this.#transposed.get(name)?.perm).find((found) => found !== undefined);
    if (!elementwise.has(node.op) || perm === undefined || perm.length !== shape.length) return false;
    const inputs = node.inputs.map((name) => this.#before(name, perm));
    if (!inputs.every((name) => name !== undefined)) return false;
    const inner = `${output}_${perm.join('')}`;
    const dtype = this.#values.get(output)?.dtype ?? 'float32';
    this.#values.set(inner, { name: inner, shape: inverseOf(perm).map((axis) => shape[axis] ?? 1), dtype });
    this.#nodes.push({ ...node, inputs, outputs: [inner] });
    this.#transpose({ op: 'Transpose', inputs: [inner], outputs: [output], attributes: { perm } });
    return true;
  }

  /** The operand as it is before `perm`; undefined if it is not known so. */
  #before(name: string, perm: readonly number[]): string | undefined {
    const known = this.#transposed.get(name);
    if (known !== undefined) return known.perm.join() === perm.join() ? known.source : undefined;
    if (this.#values.get(name)?.shape.length === 0) return name;
    const constant = this.#constants.get(name);
    if (constant === undefined) return undefined;
    const inner = `${name}_${perm.join('')}`;
    const broadcast = [...perm.slice(constant.shape.length).map(() => 1), ...constant.shape];
    const moved = transposed({ ...constant, shape: broadcast }, inverseOf(perm));
    this.#constants.set(inner, moved);
    this.#values.set(inner, { name: inner, shape: moved.shape, dtype: moved.dtype });
    return inner;
  }
}

function listOf(attribute: unknown): readonly number[] {
  return Array.isArray(attribute) ? attribute : [];
}
