import { createRandom } from '@cpc/base';
import { applyPasses, compile, standardPasses, trace } from '@cpc/compile';
import { nodeRuntime } from '@cpc/compile/node';
import { largestRelativeDifference } from '@cpc/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { normalArray } from './layers/initialisers.js';
import { float32Specs } from './parameter-tree.js';
import { recomputed } from './recomputed.js';
import type { TensorTree } from './training/domain.js';

const random = createRandom(5);
const arrays = {
  input: normalArray([6, 4], 1, random.fold('input')),
  wide: normalArray([4, 32], 1, random.fold('wide')),
  narrow: normalArray([32, 4], 1, random.fold('narrow')),
};
const specs = float32Specs(arrays);

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** Two layers; the second's parameters lie deeper than the first's. */
function part(input: tf.Tensor, { wide, inner }: TensorTree): tf.Tensor {
  const { narrow } = inner as Readonly<Record<string, tf.Tensor>>;
  return tf.matMul(tf.tanh(tf.matMul(input as tf.Tensor2D, wide as tf.Tensor2D)), narrow as tf.Tensor2D);
}

const treeOf = ({ wide, narrow }: Inputs) => ({ wide, inner: { narrow } }) as TensorTree;

/** The part twice, something before it and something behind it: value and all gradients. */
function step(apply: (input: tf.Tensor, inputs: Inputs) => tf.Tensor) {
  return (inputs: Inputs): Record<string, tf.Tensor> => {
    const names = Object.keys(inputs);
    const { value, grads } = tf.valueAndGrads((...tensors) => {
      const named = Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor]));
      const once = apply(tf.sin(named.input as tf.Tensor), named);
      return tf.sum(tf.square(apply(once, named)));
    })(names.map((name) => inputs[name] as tf.Tensor));
    return { value, ...Object.fromEntries(grads.map((gradient, index) => [`d ${names[index]}`, gradient])) };
  };
}

const plain = step((input, inputs) => part(input, treeOf(inputs)));
const again = step((input, inputs) => recomputed(part, input, treeOf(inputs)));

describe('on TensorFlow.js', () => {
  beforeEach(() => tf.setBackend('cpu'));
  const tensors = () =>
    Object.fromEntries(Object.entries(arrays).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));

  it('a part in a part of a step has the value and the gradients of all 3 inputs that it has without, bit for bit', () => {
    const [expected, received] = [plain(tensors()), again(tensors())];
    expect(Object.keys(received)).toEqual(['value', 'd input', 'd wide', 'd narrow']);
    for (const [name, tensor] of Object.entries(expected))
      expect([...(received[name]?.dataSync() ?? [])], name).toEqual([...tensor.dataSync()]);
  });

  it('keeps the 6 x 4 numbers that go in, and of the 2 x 6 x 32 inside nothing, until the backward pass begins', () => {
    /** Bytes in use when the backward pass begins. */
    const bytes = (apply: typeof part) => {
      let counted = 0;
      const marked = tf.customGrad((value, save) => {
        (save as tf.GradSaveFunc)([]);
        const gradFunc = (upstream: tf.Tensor) => {
          counted = tf.memory().numBytes;
          return upstream;
        };
        return { value: tf.clone(value as tf.Tensor), gradFunc };
      });
      const inputs = tensors();
      tf.tidy(() => tf.grad((input) => tf.sum(marked(apply(input, treeOf(inputs)))))(inputs.input as tf.Tensor));
      tf.dispose(inputs);
      return counted;
    };
    const saved = bytes(part) - bytes((input, tree) => recomputed(part, input, tree));
    expect(saved).toBeGreaterThanOrEqual(4 * 6 * 32);
  });

  it('leaves nothing behind but what it returns', () => {
    const inputs = tensors();
    const before = tf.memory().numTensors;
    tf.dispose(tf.tidy(() => again(inputs)));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('compiled', () => {
  it('the inside of both parts stands there a second time, however often what is there twice is looked for', () => {
    const tanhs = (fn: typeof plain) =>
      applyPasses(trace(fn, specs), standardPasses('train')).nodes.filter(({ op }) => op === 'Tanh').length;
    expect([tanhs(plain), tanhs(again)]).toEqual([2, 4]);
  });

  it('has the value and the gradients it has without, to 1e-6 of the largest', async () => {
    const runtime = await nodeRuntime({ threads: 1 });
    const results = await Promise.all(
      [plain, again].map(async (fn) => {
        const compiled = await compile(fn, specs, { runtime });
        const outputs = await compiled.run(arrays);
        await compiled.dispose();
        return outputs;
      }),
    );
    const [expected = {}, received = {}] = results;
    expect(largestRelativeDifference(expected, received)).toBeLessThan(1e-6);
  });
});

it('refuses a gradient of a part that does not depend on one of its parameters', async () => {
  await tf.setBackend('cpu');
  const ones = tf.ones([2]);
  const part = (input: tf.Tensor) => tf.square(input);
  expect(() => tf.grad((input) => recomputed(part, input, { unused: ones }))(ones)).toThrow(/Cannot compute gradient/);
});
