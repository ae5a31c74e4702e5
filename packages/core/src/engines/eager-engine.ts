/**
 * The engine that runs a function as it stands, operation by operation, on a TensorFlow.js backend:
 * `cpu` is the oracle that tests compare with, `tensorflow` is libtensorflow through tfjs-node.
 */

import { CpcArgumentError, CpcError } from '@cpc/base';
import {
  type CompiledFunction,
  dataTypeOf,
  type HostData,
  type HostTensor,
  type NamedHostTensors,
  type NamedSpecs,
  type PureFunction,
} from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import type { Engine, EngineName } from './engine.js';

export interface EagerEngineOptions {
  /** Name under which the backend is registered with TensorFlow.js, such as `cpu` or `tensorflow`. */
  readonly backend: string;
  readonly name: EngineName;
  readonly provider: string;
  readonly note: string;
}

/**
 * @throws {CpcError} if TensorFlow.js has no backend of that name or it does not start.
 *
 * @example
 * const oracle = await eagerEngine({ backend: 'cpu', name: 'cpu', provider: 'cpu', note: 'TensorFlow.js cpu backend' });
 */
export async function eagerEngine({ backend, name, provider, note }: EagerEngineOptions): Promise<Engine> {
  if (!(await tf.setBackend(backend))) {
    throw new CpcError({
      where: `engine ${name}`,
      expected: `a TensorFlow.js backend "${backend}" that starts`,
      received: 'none',
      fix: 'Run `cpc doctor` to see which engines work here.',
    });
  }
  return {
    name,
    provider,
    note,
    threads: undefined,
    compile: async (fn, inputs, constants = {}) => eagerFunction(fn, inputs, constants, backend),
  };
}

async function eagerFunction(
  fn: PureFunction,
  inputs: NamedSpecs,
  constants: NamedHostTensors,
  backend: string,
): Promise<CompiledFunction> {
  let outputs: NamedSpecs | undefined;
  return {
    inputs,
    get outputs() {
      if (outputs === undefined) throw new Error('an eager function knows its outputs only after its first run');
      return outputs;
    },
    run: async (feeds, into = {}) => {
      await tf.setBackend(backend);
      const results = tf.tidy(
        (): Record<string, tf.Tensor> => ({
          ...fn({ ...tensorsOf(inputs, feeds), ...constantTensors(constants) }),
        }),
      );
      outputs = Object.fromEntries(
        Object.entries(results).map(([name, { shape, dtype }]) => [name, { shape, dtype: hostType(dtype) }]),
      );
      const read = await Promise.all(
        Object.entries(results).map(([name, tensor]) => readInto(name, tensor, into[name])),
      );
      tf.dispose(results);
      return Object.fromEntries(read);
    },
    dispose: async () => undefined,
  };
}

function constantTensors(constants: NamedHostTensors): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(constants).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], dataTypeOf(data))]),
  );
}

function tensorsOf(inputs: NamedSpecs, feeds: NamedHostTensors): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => {
      const feed = feeds[name];
      if (feed === undefined || feed.shape.join() !== shape.join()) {
        throw new CpcArgumentError({
          where: 'run',
          argument: name,
          expected: `input "${name}" of shape [${shape.join(', ')}]`,
          received: feed?.shape,
        });
      }
      return [name, tf.tensor(feed.data, [...shape], hostType(dtype))];
    }),
  );
}

async function readInto(name: string, tensor: tf.Tensor, into: HostTensor | undefined): Promise<[string, HostTensor]> {
  const data = hostData(await tensor.data(), tensor.dtype);
  if (into === undefined) return [name, { shape: tensor.shape, data: data.slice() }];
  into.data.set(data);
  return [name, into];
}

function hostData(values: Float32Array | Int32Array | Uint8Array, dtype: string): HostData {
  return dtype === 'float32'
    ? Float32Array.from(values)
    : dtype === 'int32'
      ? Int32Array.from(values)
      : Uint8Array.from(values);
}

function hostType(dtype: string): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new CpcArgumentError({
    where: 'engine',
    argument: 'dtype',
    expected: 'float32, int32 or bool',
    received: dtype,
  });
}
