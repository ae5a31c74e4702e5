import { applyPasses, type Graph, type NamedTensors, standardPasses, trace } from '@cpc/compile';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { labelModelParts, partOfName } from './model-parts.js';

const square = { shape: [2, 2], dtype: 'float32' } as const;

/** Two layers with a ReLU between them, their loss and its gradients; and how often the first layer was above 0. */
const step = trace(
  (inputs: NamedTensors) => {
    const names = ['parameters/encoder/kernel', 'parameters/context/kernel'];
    let above = tf.scalar(0) as tf.Tensor;
    const { value, grads } = tf.valueAndGrads((first: tf.Tensor, second: tf.Tensor) => {
      const batch = tf.neg(inputs.batch as tf.Tensor);
      const hidden = tf.relu(tf.matMul(batch as tf.Tensor2D, first as tf.Tensor2D));
      above = tf.sum(tf.cast(tf.greater(hidden, 0), 'float32'));
      return tf.sum<tf.Scalar>(tf.exp(tf.matMul(hidden as tf.Tensor2D, second as tf.Tensor2D)));
    })(names.map((name) => inputs[name] as tf.Tensor));
    const [ofFirst, ofSecond] = grads as [tf.Tensor, tf.Tensor];
    return { loss: value, above, 'gradients/encoder/kernel': ofFirst, 'gradients/context/kernel': ofSecond };
  },
  { 'parameters/encoder/kernel': square, 'parameters/context/kernel': square, batch: square },
);

/** Part and operator of every node. */
const labels = ({ nodes }: Graph) => nodes.map(({ op, name }) => `${partOfName(name ?? '')} ${op}`).sort();

it('gives each layer its product, those of both its gradients, and what is made of its output', () => {
  const labelled = labels(applyPasses(step, [...standardPasses('train'), labelModelParts]));
  const products = labelled.filter((label) => label.endsWith('MatMul') || label.endsWith('Gemm'));
  expect(products.map((label) => label.split(' ')[0])).toEqual(['context', 'context', 'context', 'encoder', 'encoder']);
  expect(labelled).toEqual(expect.arrayContaining(['input Neg', 'context Exp', 'encoder Relu', 'encoder Greater']));
});

it('changes nothing but names', () => {
  const optimised = applyPasses(step, standardPasses('train'));
  const { nodes, ...others } = labelModelParts.apply(optimised);
  const { nodes: before, ...same } = optimised;
  expect(others).toEqual(same);
  expect(nodes.map(({ name: _, ...node }) => node)).toEqual(before);
  expect(new Set(nodes.map(({ name }) => name)).size).toBe(before.length);
});

it('calls a function that gives what comes next the update, and another without a loss the model', () => {
  const partsWithOutput = (name: string) => {
    const fn = trace(({ x }) => ({ [name]: tf.neg(x as tf.Tensor) }), { x: square });
    return labels(applyPasses(fn, [...standardPasses('train'), labelModelParts]));
  };
  expect(partsWithOutput('next/parameters/kernel')).toEqual(['update Neg']);
  expect(partsWithOutput('contexts')).toEqual(['model Neg']);
});

it('reads the part from a name that the runtime has written more behind, and knows its own nodes', () => {
  const names = ['encoder/12', 'context/3/MatMulAddFusion_kernel_time', 'Transpose_token_5', '_kernel_time'];
  expect(names.map(partOfName)).toEqual(['encoder', 'context', 'made by the runtime', 'made by the runtime']);
});
