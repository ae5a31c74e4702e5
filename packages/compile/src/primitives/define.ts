/**
 * Operations recorded whole, with a gradient of their own and a lowering per purpose.
 *
 * A primitive has one definition in TensorFlow.js functions, `compute`. Eager engines run
 * it; a trace writes one node, and `passes/lower-primitives.ts` later replaces that node:
 * by the recorded `compute` for training, by `export` (an ONNX operator with free batch
 * and time axes) for files that other programs read, and by `infer`, where that differs,
 * for running with constant parameters.
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { Attribute, TensorSpec } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { tensorOf, traceBackend, traceBackendName, tracedOf } from '../trace-backend.js';

/** Operator set under which primitives stand in a graph until they are lowered. */
export const primitiveDomain = 'cpc.primitive';

export type PrimitiveAttributes = Readonly<Record<string, Attribute>>;

export interface Primitive<Attributes extends PrimitiveAttributes> {
  readonly name: string;
  /** Shape and type of the result. */
  readonly spec: (inputs: readonly TensorSpec[], attributes: Attributes) => TensorSpec;
  /** The definition, in TensorFlow.js functions. */
  readonly compute: (inputs: tf.Tensor[], attributes: Attributes) => tf.Tensor;
  /** Gradients with respect to every input, in order, given those of the result. */
  readonly gradient: (
    upstream: tf.Tensor,
    saved: { readonly inputs: tf.Tensor[]; readonly output: tf.Tensor },
    attributes: Attributes,
  ) => tf.Tensor[];
  /** Nodes for exported files; without it the recorded `compute` serves there too. */
  readonly export?: NodesOf<Attributes>;
  /** Nodes that run fastest where the parameters are constants; without it those of `export`. */
  readonly infer?: NodesOf<Attributes>;
}

/** Writes nodes for a primitive into a graph, and says which value is its result. */
type NodesOf<Attributes> = (
  g: GraphBuilder,
  inputs: readonly Traced[],
  attributes: Attributes,
  result: TensorSpec,
) => Traced;

type Lowering = {
  readonly train: (inputs: tf.Tensor[], attributes: PrimitiveAttributes) => tf.Tensor;
  readonly export?: NodesOf<PrimitiveAttributes>;
  readonly infer?: NodesOf<PrimitiveAttributes>;
};

const lowerings = new Map<string, Lowering>();

/**
 * Makes a function of a primitive: call it with tensors and attributes, inside or outside a trace.
 *
 * @returns a function whose result the caller owns.
 * @throws {CompileError} if a primitive of this name is defined already: graphs know primitives by their names.
 */
export function definePrimitive<Attributes extends PrimitiveAttributes>(
  primitive: Primitive<Attributes>,
): (inputs: readonly tf.Tensor[], attributes: Attributes) => tf.Tensor {
  if (lowerings.has(primitive.name)) {
    throw new CompileError(
      `definePrimitive: a primitive named "${primitive.name}" is defined already. Define it once, where its file is loaded, or name this one differently.`,
    );
  }
  lowerings.set(primitive.name, {
    train: (inputs, attributes) => primitive.compute(inputs, attributes as Attributes),
    ...nodesFor('export', primitive.export),
    ...nodesFor('infer', primitive.infer),
  });
  return (inputs, attributes) => {
    const run = tf.customGrad((...args) => {
      const { tensors, save } = separate(args);
      const output = evaluate(primitive, tensors, attributes);
      save([...tensors, output]);
      const gradFunc = (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const output = saved.at(-1);
        if (output === undefined)
          throw new CompileError(`${primitive.name}: the gradient was asked for without saved tensors.`);
        return primitive.gradient(upstream, { inputs: saved.slice(0, -1), output }, attributes);
      };
      return { value: output, gradFunc };
    });
    return run(...inputs);
  };
}

/** One way of lowering by the name of its purpose; nothing where a primitive has none. */
function nodesFor<Attributes extends PrimitiveAttributes>(
  purpose: 'export' | 'infer',
  write: NodesOf<Attributes> | undefined,
): Omit<Lowering, 'train'> {
  if (write === undefined) return {};
  const nodes: NodesOf<PrimitiveAttributes> = (g, inputs, attributes, result) =>
    write(g, inputs, attributes as Attributes, result);
  return { [purpose]: nodes };
}

/** customGrad passes the inputs and, last, the function that keeps tensors for the gradient. */
function separate(args: readonly (tf.Tensor | tf.GradSaveFunc)[]): { tensors: tf.Tensor[]; save: tf.GradSaveFunc } {
  const tensors: tf.Tensor[] = [];
  let save: tf.GradSaveFunc = () => undefined;
  for (const argument of args) {
    if (typeof argument === 'function') save = argument;
    else tensors.push(argument);
  }
  return { tensors, save };
}

function evaluate<Attributes extends PrimitiveAttributes>(
  primitive: Primitive<Attributes>,
  inputs: tf.Tensor[],
  attributes: Attributes,
): tf.Tensor {
  if (tf.getBackend() !== traceBackendName) return primitive.compute(inputs, attributes);
  const traced = inputs.map(tracedOf);
  const { shape, dtype } = primitive.spec(traced, attributes);
  return tensorOf(traceBackend.builder.node(primitive.name, traced, shape, dtype, attributes, primitiveDomain));
}

/** How a primitive that stands in a graph is to be replaced. */
export function loweringOf(name: string): Lowering {
  const lowering = lowerings.get(name);
  if (lowering === undefined)
    throw new CompileError(`lowerPrimitives: no primitive named ${name} is defined in this program.`);
  return lowering;
}
