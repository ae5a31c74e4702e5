/**
 * Puts off every Expand as long as its readers allow: element-wise nodes broadcast by themselves, and what
 * they make of one number many times over is computed once. Gradients of sums and means are full of these.
 */
import { type Graph, type Node, namesReadBy } from '../graph.js';
import { elementwise } from './support/elementwise.js';
import { GraphAdditions } from './support/graph-additions.js';
import type { Pass } from './support/pass.js';
import { renamedInputs } from './support/rename.js';

/** The pass: an Expand is written only where a node needs the repeated value itself. */
export const expands: Pass = { name: 'expands', apply: (graph) => new Sinking(graph).graph() };

class Sinking {
  readonly #graph: Graph;
  readonly #nodes: Node[] = [];
  readonly #additions: GraphAdditions;
  /** Values that are not written yet, by the smaller value that they repeat. */
  readonly #putOff = new Map<string, string>();
  readonly #rename = new Map<string, string>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#additions = new GraphAdditions(graph);
  }

  graph(): Graph {
    for (const node of this.#graph.nodes) {
      if (!this.#expand(node) && !this.#neutral(node) && !this.#elementwise(node)) this.#keep(node);
    }
    for (const { name } of this.#graph.outputs) {
      this.#write(name);
      const source = this.#rename.get(name);
      if (source !== undefined) this.#nodes.push({ op: 'Identity', inputs: [source], outputs: [name], attributes: {} });
    }
    const { constants, values } = this.#additions;
    return { ...this.#graph, nodes: this.#nodes, constants, values };
  }

  #expand({ op, inputs: [input = ''], outputs: [output = ''] }: Node): boolean {
    if (op !== 'Expand' || this.#additions.fixedShape(output) === undefined) return false;
    this.#putOff.set(output, this.#small(input));
    return true;
  }

  /** A product with ones, or a quotient by them, is the other operand. */
  #neutral({ op, inputs: [a = '', b = ''], outputs: [output = ''] }: Node): boolean {
    const other = op === 'Mul' && this.#isOne(a) ? b : (op === 'Mul' || op === 'Div') && this.#isOne(b) ? a : undefined;
    if (other === undefined) return false;
    const isWhole = this.#additions.fixedShape(other)?.join() === this.#additions.fixedShape(output)?.join();
    const putOff = this.#putOff.get(other);
    if (isWhole && putOff === undefined) this.#rename.set(output, this.#named(other));
    else this.#putOff.set(output, this.#small(other));
    return true;
  }

  /** True for a constant 1 that a node need not read for the shape of its result. */
  #isOne(name: string): boolean {
    const constant = this.#additions.constants.get(this.#small(name));
    return constant?.dtype === 'float32' && constant.data.length === 1 && constant.data[0] === 1;
  }

  /** Computes on the smaller values; the result is whole at once, or put off in its turn. */
  #elementwise(node: Node): boolean {
    const [output = ''] = node.outputs;
    const whole = this.#additions.fixedShape(output);
    if (!elementwise.has(node.op) || whole === undefined || !node.inputs.some((name) => this.#putOff.has(name)))
      return false;
    const inputs = node.inputs.map((name) => this.#small(name));
    const shapes = inputs.map((name) => (name === '' ? [] : this.#additions.fixedShape(name)));
    if (!shapes.every((shape) => shape !== undefined)) return false;
    const shape = broadcast(shapes);
    if (shape.join() === whole.join()) {
      this.#nodes.push({ ...node, inputs });
      return true;
    }
    const small = this.#additions.value(`${output}_small`, output, shape);
    this.#nodes.push({ ...node, inputs, outputs: [small] });
    this.#putOff.set(output, small);
    return true;
  }

  /** Writes a node as it is, after the Expands that it needs. */
  #keep(node: Node): void {
    for (const name of namesReadBy(node)) this.#write(name);
    this.#nodes.push(renamedInputs(node, this.#rename));
  }

  #write(name: string): void {
    const small = this.#putOff.get(name);
    const shape = this.#additions.fixedShape(name);
    if (small === undefined || shape === undefined) return;
    this.#putOff.delete(name);
    const wanted = this.#additions.integers(`${name}_shape`, shape);
    this.#nodes.push({ op: 'Expand', inputs: [small, wanted], outputs: [name], attributes: {} });
  }

  #small(name: string): string {
    return this.#putOff.get(name) ?? this.#named(name);
  }

  #named(name: string): string {
    return this.#rename.get(name) ?? name;
  }
}

function broadcast(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, index) => {
    const lengths = shapes.map((shape) => shape[shape.length - rank + index] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}
