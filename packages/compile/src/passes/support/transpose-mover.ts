/** One walk through a graph that puts off every Transpose as long as its readers allow. */
import { type Graph, inverseOf, type Node, namesReadBy, numbersOf, type Value } from '../../graph.js';
import { elementwise } from './elementwise.js';
import { GraphAdditions } from './graph-additions.js';
import { renamedInputs } from './rename.js';

/** A value that is another one transposed, and the Transpose it comes from. */
interface PutOff {
  readonly source: string;
  readonly perm: readonly number[];
  readonly origin: string;
}

const reductions = new Set(['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum']);

export class TransposeMover {
  /** How often each Transpose of the given graph was written, in one disguise or another. */
  readonly disguises = new Map<string, number>();
  readonly #graph: Graph;
  readonly #pinned: ReadonlySet<string>;
  readonly #nodes: Node[] = [];
  readonly #additions: GraphAdditions;
  readonly #putOff = new Map<string, PutOff>();
  readonly #written = new Set<string>();
  readonly #rename = new Map<string, string>();

  /** @param pinned - outputs of Transposes that stay where they are. */
  constructor(graph: Graph, pinned: ReadonlySet<string>) {
    this.#graph = graph;
    this.#pinned = pinned;
    this.#additions = new GraphAdditions(graph);
  }

  graph(): Graph {
    for (const node of this.#graph.nodes) {
      if (node.op === 'Transpose') this.#transpose(node);
      else if (!this.#elementwise(node) && !this.#reduction(node)) this.#keep(node);
    }
    for (const { name } of this.#graph.outputs) {
      this.#write(name);
      const source = this.#rename.get(name);
      if (source !== undefined) this.#nodes.push(nodeOf('Identity', [source], name));
    }
    const { constants, values } = this.#additions;
    return { ...this.#graph, nodes: this.#nodes, constants, values };
  }

  #transpose(node: Node): void {
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const perm = listOf(node.attributes.perm);
    const before = this.#putOff.get(input);
    if (before === undefined) this.#note(output, { source: this.#named(input), perm, origin: output });
    else this.#note(output, { ...before, perm: perm.map((axis) => before.perm[axis] ?? axis) });
    if (this.#pinned.has(output)) this.#write(output);
  }

  /** From here on, `name` is something else transposed, or that thing itself. */
  #note(name: string, putOff: PutOff): void {
    if (putOff.perm.every((axis, index) => axis === index)) this.#rename.set(name, putOff.source);
    else this.#putOff.set(name, putOff);
  }

  /** Writes a node as it is, after the Transposes that it needs. */
  #keep(node: Node): void {
    for (const name of namesReadBy(node)) this.#write(name);
    this.#nodes.push(renamedInputs(node, this.#rename));
  }

  #write(name: string): void {
    const putOff = this.#putOff.get(name);
    if (putOff === undefined || this.#written.has(name)) return;
    this.#written.add(name);
    this.disguises.set(putOff.origin, (this.disguises.get(putOff.origin) ?? 0) + 1);
    this.#nodes.push({ ...nodeOf('Transpose', [putOff.source], name), attributes: { perm: putOff.perm } });
  }

  #elementwise(node: Node): boolean {
    const [output = ''] = node.outputs;
    const shape = this.#shape(output);
    const lead = this.#leader(node, shape.length);
    if (!elementwise.has(node.op) || lead === undefined) return false;
    const operands = node.inputs.map((name) => this.#operand(name, lead.perm));
    if (!operands.every((operand) => operand !== undefined)) return false;
    const inputs = operands.map((operand) => operand());
    const source = this.#newValue(
      output,
      inverseOf(lead.perm).map((axis) => shape[axis] ?? 1),
    );
    this.#nodes.push({ ...node, inputs, outputs: [source] });
    this.#note(output, { source, perm: lead.perm, origin: lead.origin });
    return true;
  }

  /** What a value is the transpose of, unless that Transpose is to stay where it is. */
  #movable(name: string): PutOff | undefined {
    return this.#pinned.has(name) ? undefined : this.#putOff.get(name);
  }

  /** The operand that decides in which layout a node could run. */
  #leader(node: Node, rank: number): PutOff | undefined {
    return node.inputs.flatMap((name) => this.#movable(name) ?? []).find(({ perm }) => perm.length === rank);
  }

  /** How to get an operand in the layout from before `perm`; undefined if that takes moving elements. */
  #operand(name: string, perm: readonly number[]): (() => string) | undefined {
    const putOff = this.#movable(name);
    if (putOff !== undefined) return putOff.perm.join() === perm.join() ? () => putOff.source : undefined;
    const shape = this.#shape(name);
    const long = shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
    if (long.length === 0) return () => this.#named(name);
    if (long.length > 1 || shape.some((length) => typeof length === 'string')) return undefined;
    const whole = [...perm.slice(shape.length).map(() => 1), ...shape];
    return () =>
      this.#reshaped(
        name,
        inverseOf(perm).map((axis) => Number(whole[axis] ?? 1)),
      );
  }

  #reshaped(name: string, shape: readonly number[]): string {
    const reshaped = this.#newValue(name, shape);
    const wanted = this.#additions.integers(`${name}_shape`, shape);
    this.#nodes.push({ ...nodeOf('Reshape', [this.#named(name), wanted], reshaped), attributes: { allowzero: 1 } });
    return reshaped;
  }

  #reduction(node: Node): boolean {
    const [input = '', axesName = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const putOff = this.#movable(input);
    const axes = this.#additions.constants.get(axesName);
    if (!reductions.has(node.op) || putOff === undefined || axes === undefined) return false;
    const { perm, origin } = putOff;
    const reduced = new Set(numbersOf(axes).map((axis) => perm[(axis + perm.length) % perm.length] ?? 0));
    const keepsAxes = node.attributes.keepdims !== 0;
    const left = perm.filter((axis) => keepsAxes || !reduced.has(axis));
    const order = left.map((axis) => [...left].sort((a, b) => a - b).indexOf(axis));
    const shape = this.#shape(output);
    const source = this.#newValue(
      output,
      inverseOf(order).map((axis) => shape[axis] ?? 1),
    );
    const inputs = [
      putOff.source,
      this.#additions.integers(
        'axes',
        [...reduced].sort((a, b) => a - b),
      ),
    ];
    this.#nodes.push({ ...node, inputs, outputs: [source] });
    this.#note(output, { source, perm: order, origin });
    return true;
  }

  #shape(name: string): Value['shape'] {
    return this.#additions.values.get(name)?.shape ?? [];
  }

  #named(name: string): string {
    return this.#rename.get(name) ?? name;
  }

  /** A value like another, of another shape. */
  #newValue(like: string, shape: Value['shape']): string {
    return this.#additions.value(`${like}_moved`, like, shape);
  }
}

function nodeOf(op: string, inputs: readonly string[], output: string): Node {
  return { op, inputs, outputs: [output], attributes: {} };
}

function listOf(attribute: unknown): readonly number[] {
  return Array.isArray(attribute) ? attribute : [];
}
