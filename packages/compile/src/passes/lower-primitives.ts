/**
 * Replaces primitives by nodes that a runtime knows: their recorded definition for training,
 * one ONNX operator where there is one for inference and export.
 */
import { CompileError } from '@cpc/base';
import { type Attribute, type Graph, type Node, subgraphsOf } from '../graph.js';
import { GraphBuilder, Traced } from '../graph-builder.js';
import { loweringOf, type PrimitiveAttributes, primitiveDomain } from '../primitives/define.js';
import { recordTensors } from '../trace.js';
import type { Pass } from './support/pass.js';

/** What the lowered graph is for: parameters that change from run to run, constant ones, or files that other programs read. */
export type Purpose = 'train' | 'infer' | 'export';

/**
 * The pass that leaves no primitive in a graph, bodies of loops included.
 *
 * @throws {CompileError} if a primitive is not defined in this program, or its lengths are named already.
 */
export function lowerPrimitives(purpose: Purpose): Pass {
  return {
    name: 'lower-primitives',
    apply: (graph) => (holdsPrimitive(graph) ? new Lowering(purpose, [graph], new GraphBuilder()).graph() : graph),
  };
}

function holdsPrimitive(graph: Graph): boolean {
  return graph.nodes.some((node) => node.domain === primitiveDomain || subgraphsOf(node).some(holdsPrimitive));
}

/** Rewrites one graph, and by others of its kind the bodies in it. */
class Lowering {
  readonly #purpose: Purpose;
  /** The graph at hand, then those around it, whose values it may read. */
  readonly #scopes: readonly Graph[];
  readonly #builder: GraphBuilder;

  constructor(purpose: Purpose, scopes: readonly Graph[], builder: GraphBuilder) {
    this.#purpose = purpose;
    this.#scopes = scopes;
    this.#builder = builder;
  }

  graph(): Graph {
    const [graph] = this.#scopes;
    if (graph === undefined) throw new CompileError('lowerPrimitives: no graph was given.');
    this.#builder.adopt(graph);
    for (const node of graph.nodes) {
      if (node.domain === primitiveDomain) this.#replace(node);
      else this.#builder.append(this.#withLoweredBodies(node));
    }
    return this.#builder.finish(graph.outputs.map(({ name }) => [name, this.#traced(name)] as const));
  }

  #withLoweredBodies(node: Node): Node {
    if (!subgraphsOf(node).some(holdsPrimitive)) return node;
    const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, Attribute] => [
      key,
      typeof attribute === 'object' && 'graph' in attribute ? { graph: this.#body(attribute.graph) } : attribute,
    ]);
    return { ...node, attributes: Object.fromEntries(attributes) };
  }

  #body(graph: Graph): Graph {
    return new Lowering(this.#purpose, [graph, ...this.#scopes], this.#builder.child()).graph();
  }

  #replace(node: Node): void {
    const inputs = node.inputs.map((name) => this.#traced(name));
    const [name] = node.outputs;
    if (name === undefined) throw new CompileError(`lowerPrimitives: ${node.op} has no output.`);
    const lowering = loweringOf(node.op);
    const attributes: PrimitiveAttributes = node.attributes;
    const nodesFor = this.#purpose === 'train' ? undefined : (lowering[this.#purpose] ?? lowering.export);
    const [made] =
      nodesFor === undefined
        ? recordTensors(this.#builder, inputs, (tensors) => [lowering.train(tensors, attributes)])
        : [nodesFor(this.#builder, inputs, attributes, this.#traced(name))];
    if (made === undefined) throw new CompileError(`lowerPrimitives: ${node.op} made nothing.`);
    this.#builder.append({ op: 'Identity', inputs: [made.name], outputs: [name], attributes: {} });
  }

  #traced(name: string): Traced {
    const value = this.#scopes.flatMap((graph) => graph.values.get(name) ?? [])[0];
    if (value === undefined) throw new CompileError(`lowerPrimitives: no value named ${name}.`);
    const shape = value.shape.map((length) => {
      if (typeof length === 'number') return length;
      throw new CompileError(
        `lowerPrimitives: value ${name} has the symbolic axis ${length}; lower before naming axes.`,
      );
    });
    return new Traced(value.name, shape, value.dtype);
  }
}
