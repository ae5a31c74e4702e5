/**
 * Runs an exported file at whatever lengths its open axes are fed with.
 */

import { CompileError } from '@cpc/base';
import type { Tensor } from 'onnxruntime-common';
import { type AxisLength, sizeOf, type TensorSpec } from '../graph.js';
import { dataTypeOf, type HostTensor, type NamedHostTensors } from '../host-tensor.js';
import type { Runtime } from '../runtime.js';
import { GuardedSession } from '../session.js';
import { leastLength } from './least-lengths.js';
import { type OnnxDescription, readOnnx, unnamedAxis } from './read.js';

/** An ONNX file that is ready to run. */
export interface LoadedOnnx {
  readonly description: OnnxDescription;
  /**
   * @param feeds - every input by name; further names are ignored.
   * @returns every output by name, newly made.
   * @throws {CompileError} if an input is missing, has another element type, or a length that does not fit; after
   *   dispose(); or with what the runtime says if it fails.
   */
  readonly run: (feeds: NamedHostTensors) => Promise<NamedHostTensors>;
  /** Frees the session; running afterwards is an error, disposing again is not. */
  readonly dispose: () => Promise<void>;
}

/**
 * Loads an ONNX file, such as `exportOnnx` writes.
 *
 * @throws {CompileError} if the bytes are not an ONNX file that the runtime can run.
 *
 * @example
 * const encoder = await loadOnnx(file, { runtime: await nodeRuntime() });
 * const { latents } = await encoder.run({ waveform: { shape: [1, 16_000], data: samples } });
 */
export async function loadOnnx(model: Uint8Array, { runtime }: { readonly runtime: Runtime }): Promise<LoadedOnnx> {
  const description = readOnnx(model);
  const session = new GuardedSession('loadOnnx', await runtime.createSession(model));
  return {
    description,
    run: async (feeds) => {
      session.requireAlive();
      const lengths = new Map<string, number>();
      const given = Object.entries(description.inputs).map(([name, spec]) => [
        name,
        tensorFor(runtime, name, spec, feeds[name], lengths),
      ]);
      for (const [axis, length] of lengths) requireLength(axis, length, leastLength(description.metadata, axis));
      const results = await session.run(Object.fromEntries(given));
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, hostTensor(name, tensor)]));
    },
    dispose: () => session.dispose(),
  };
}

function requireLength(axis: string, length: number, least: number): void {
  if (length >= least) return;
  throw new CompileError(`run: the axis "${axis}" should be at least ${least} long, received ${length}.`);
}

/** @param lengths - what the named axes of earlier inputs were; one name is one length. */
function tensorFor(
  runtime: Runtime,
  name: string,
  { shape, dtype }: TensorSpec<AxisLength>,
  tensor: HostTensor | undefined,
  lengths: Map<string, number>,
): Tensor {
  const expected = `${dtype}[${shape.join(', ')}]`;
  if (tensor === undefined) throw new CompileError(`run: input "${name}" is missing; expected ${expected}.`);
  const type = dataTypeOf(tensor.data);
  const fits =
    type === dtype &&
    sizeOf(tensor.shape) === tensor.data.length &&
    tensor.shape.length === shape.length &&
    shape.every((length, axis) => fitsAxis(length, tensor.shape[axis] ?? 0, lengths));
  if (fits) return runtime.createTensor(type, tensor.data, tensor.shape);
  const known = [...lengths].map(([axis, length]) => `${axis} = ${length}`).join(', ');
  throw new CompileError(
    `run: input "${name}" should be ${expected}${known === '' ? '' : ` with ${known}`}, received ` +
      `${type}[${tensor.shape.join(', ')}] with ${tensor.data.length} elements.`,
  );
}

function fitsAxis(expected: AxisLength, received: number, lengths: Map<string, number>): boolean {
  if (typeof expected === 'number') return expected === received;
  if (expected === unnamedAxis) return true;
  const known = lengths.get(expected);
  if (known === undefined) lengths.set(expected, received);
  return known === undefined || known === received;
}

function hostTensor(name: string, { data, dims }: Tensor): HostTensor {
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array)
    return { shape: dims, data };
  throw new CompileError(`run: output "${name}" is neither float32, int32 nor bool.`);
}
