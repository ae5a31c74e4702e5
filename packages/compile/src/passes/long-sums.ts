/**
 * Takes sums and means over many rows in two stages, over single numbers in four, of about as many numbers each: the runtime adds row
 * after row to one sum on one thread, which is slow where rows are short, and the more numbers a float32 has taken up, the less exact it is.
 *
 * Measured for 125,120 rows of 16: 0.2 instead of 1.9 ms; the largest relative error is 2e-7 instead of 1e-5.
 */
import { type Graph, type Node, numbersOf, sizeOf } from '../graph.js';
import { GraphAdditions } from './support/graph-additions.js';
import type { Pass } from './support/pass.js';

export const longSums: Pass = { name: 'long-sums', apply: (graph) => new Splitting(graph).graph() };

const divisible = new Set(['ReduceMean', 'ReduceSum']);
/** Fewer are not worth another call; single numbers the runtime adds up fast enough, and exactly enough up to here. */
const fewestRows = 1024;
const fewestNumbers = 2 ** 20;

class Splitting {
  readonly #graph: Graph;
  readonly #additions: GraphAdditions;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#additions = new GraphAdditions(graph);
  }

  graph(): Graph {
    const nodes = this.#graph.nodes.flatMap((node) => this.#split(node) ?? [node]);
    const { constants, values } = this.#additions;
    return { ...this.#graph, nodes, constants, values };
  }

  #split(node: Node): Node[] | undefined {
    const [input = '', axes = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const shape = this.#additions.fixedShape(input);
    const reduced = this.#graph.constants.get(axes);
    const isFloat = this.#additions.values.get(input)?.dtype === 'float32';
    if (!divisible.has(node.op) || !isFloat || shape === undefined || reduced === undefined) return undefined;
    const rows = leadingRows(shape, numbersOf(reduced));
    const columns = sizeOf(shape) / rows;
    const stages = rows < (columns === 1 ? fewestNumbers : fewestRows) ? [] : stagesOf(rows, columns);
    if (stages.length < 2) return undefined;
    const each = columns === 1 ? [] : [columns]; // an axis of 1 behind the summed one keeps the runtime from its fast sum
    const wholes = [...stages.keys(), stages.length].map((taken) =>
      this.#value(output, [...stages.slice(0, stages.length - taken), ...each]),
    );
    const attributes = { ...node.attributes, keepdims: 0 };
    const sums = stages.map((_, taken): Node => {
      const axis = this.#integers(output, [stages.length - 1 - taken]);
      return { ...node, attributes, inputs: [wholes[taken] ?? '', axis], outputs: [wholes[taken + 1] ?? ''] };
    });
    const [first = '', last = ''] = [wholes[0], wholes.at(-1)];
    return [
      this.#reshape(input, first, [...stages, ...each]),
      ...sums,
      this.#reshape(last, output, this.#additions.fixedShape(output) ?? []),
    ];
  }

  #reshape(from: string, to: string, shape: readonly number[]): Node {
    return { op: 'Reshape', inputs: [from, this.#integers(to, shape)], outputs: [to], attributes: { allowzero: 1 } };
  }

  #value(like: string, shape: readonly number[]): string {
    return this.#additions.value(`${like}_part`, like, shape);
  }

  #integers(like: string, numbers: readonly number[]): string {
    return this.#additions.integers(`${like}_numbers`, numbers);
  }
}

/** How many rows the first axes make, where these and no others are reduced; else 0. */
function leadingRows(shape: readonly number[], axes: readonly number[]): number {
  const reduced = axes.map((axis) => (axis + shape.length) % shape.length).sort((a, b) => a - b);
  return reduced.length > 0 && reduced.every((axis, index) => axis === index)
    ? sizeOf(shape.slice(0, reduced.length))
    : 0;
}

/** Lengths whose product is the number of rows. */
function stagesOf(rows: number, columns: number): number[] {
  const halves = (number: number) => {
    const divisor = mostEvenDivisor(number);
    return divisor === 1 ? [number] : [divisor, number / divisor];
  };
  return columns === 1 ? halves(rows).flatMap(halves) : halves(rows);
}

/** The divisor nearest to the root, from below: 1 for a prime number. */
function mostEvenDivisor(number: number): number {
  let divisor = Math.floor(Math.sqrt(number));
  while (number % divisor !== 0) divisor--;
  return divisor;
}
