/** Names of inputs, constants and outputs are known to the types. */
import * as tf from '@tensorflow/tfjs';
import { type CompiledFunction, compile } from './compile.js';
import type { HostTensor } from './host-tensor.js';
import type { Runtime } from './runtime.js';

declare const runtime: Runtime;
declare const kernel: HostTensor;

export async function outputsAreKnown(): Promise<HostTensor> {
  const options = { runtime, constants: { kernel } };
  const x = { shape: [2, 3], dtype: 'float32' } as const;
  const product = await compile(({ x, kernel }) => ({ y: tf.matMul(x, kernel) }), { x }, options);
  const outputs = await product.run({ x: { shape: [2, 3], data: new Float32Array(6) } });
  // @ts-expect-error there is no output of this name
  outputs.z;
  const anyNames: CompiledFunction = product;
  await anyNames.dispose();
  return outputs.y;
}
