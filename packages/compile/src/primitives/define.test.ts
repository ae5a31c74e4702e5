import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { expectAgreement } from '../test-support/compare.js';
import { floats } from '../test-support/tensors.js';
import type { NamedTensors } from '../trace.js';
import { definePrimitive, type Primitive } from './define.js';

const softsign: Primitive<Record<string, never>> = {
  name: 'Softsign of the tests',
  spec: ([x]) => ({ shape: x?.shape ?? [], dtype: 'float32' }),
  compute: ([x]) => tf.div(x as tf.Tensor, tf.add(1, tf.abs(x as tf.Tensor))),
  gradient: (upstream, { inputs: [x] }) => [tf.div(upstream, tf.square(tf.add(1, tf.abs(x as tf.Tensor))))],
};

it('gives x / (1 + |x|) and its gradient 1 / (1 + |x|)², compiled as eagerly, and refuses a second of that name', async () => {
  const primitive = definePrimitive(softsign);
  expect(Array.from(primitive([tf.tensor1d([1, -3])], {}).dataSync())).toEqual([0.5, -0.75]);
  const both = ({ x }: NamedTensors) => ({
    y: primitive([x as tf.Tensor], {}),
    slope: tf.grad((at: tf.Tensor) => primitive([at], {}))(x as tf.Tensor),
  });
  await expectAgreement(both, { x: floats([1, -3, 0.5]) });
  expect(() => definePrimitive(softsign)).toThrow(/"Softsign of the tests" is defined already\. Define it once/);
});
