/** What this machine reaches at best, through the same runtime: the ceiling that a profile is read against. */
import { compile, type NamedHostTensors } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import * as tf from '@tensorflow/tfjs';

export interface MachineRates {
  /** Floating-point operations a second of a product of two [2048, 2048] matrices. */
  readonly operationsPerSecond: number;
  /** Bytes a second, read and written, of sums of two tensors that are far larger than a cache. */
  readonly bytesPerSecond: number;
}

const side = 2048;
const large = 2 ** 24; // values: 64 MiB a tensor
const sums = 16; // many in one run: entering and leaving the runtime costs more than one of them

export async function machineRates(threads: number): Promise<MachineRates> {
  const square = { shape: [side, side], dtype: 'float32' } as const;
  const long = { shape: [large], dtype: 'float32' } as const;
  const product = await quickest(threads, 9, { a: square, b: square }, ({ a, b }) =>
    tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D),
  );
  const adding = await quickest(threads, 9, { a: long, b: long }, ({ a, b }) => {
    let sum = a as tf.Tensor;
    for (let count = 0; count < sums; count++) sum = tf.add(sum, b as tf.Tensor);
    return tf.slice(sum, 0, 1);
  });
  return { operationsPerSecond: (2 * side ** 3) / product, bytesPerSecond: (sums * 3 * 4 * large) / adding };
}

/** Seconds of the quickest of some runs: nothing can be quicker than undisturbed. */
async function quickest(
  threads: number,
  runs: number,
  inputs: Parameters<typeof compile>[1],
  fn: (tensors: Readonly<Record<string, tf.Tensor>>) => tf.Tensor,
): Promise<number> {
  const compiled = await compile((tensors) => ({ y: fn(tensors) }), inputs, {
    runtime: await nodeRuntime({ threads }),
  });
  const filled = (shape: readonly number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((size, length) => size * length, 1)).fill(0.5),
  });
  const feeds: NamedHostTensors = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => [name, filled(shape)]),
  );
  let into: NamedHostTensors = {};
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    into = await compiled.run(feeds, into);
    best = Math.min(best, (performance.now() - started) / 1000);
  }
  await compiled.dispose();
  return best;
}
