import { createRandom } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelledCrossEntropy } from '../cross-entropy.js';
import type { Engine } from '../engines/engine.js';
import { dense, initialiseDense } from '../layers/dense.js';
import { layerAt } from '../layers/layer-at.js';
import { createEngine } from '../node/engines.js';
import { adam } from '../optimisers/adam.js';
import { sgd } from '../optimisers/sgd.js';
import { flatten, type HostArray, type Tree } from '../parameter-tree.js';
import type { BatchTensors, TensorTree } from './domain.js';
import { createLossStep, type LossStepOptions } from './loss-step.js';

const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

/** 2 layers, 3 numbers in, 4 hidden units, 3 classes. */
const parameters = {
  hidden: initialiseDense({ inputs: 3, outputs: 4 }, createRandom(1).fold('hidden')),
  output: initialiseDense({ inputs: 4, outputs: 3 }, createRandom(1).fold('output')),
};

const batch = {
  x: { shape: [6, 3], dtype: 'float32' },
  labels: { shape: [6], dtype: 'int32' },
} as const;

/** The class is the place of the greatest of 3 numbers; every third has no label. */
function drawn(seed: number) {
  const random = createRandom(seed);
  const x = Float32Array.from({ length: 18 }, () => random.normal());
  const labels = Int32Array.from({ length: 6 }, (_, row) => {
    const own = x.subarray(3 * row, 3 * row + 3);
    return row % 3 === 2 ? -1 : own.indexOf(Math.max(...own));
  });
  return { x: { shape: [6, 3], data: x }, labels: { shape: [6], data: labels } };
}

function loss(tree: TensorTree, { x, labels }: BatchTensors): tf.Scalar {
  const layer = (name: string) => layerAt(tree, name, ['kernel', 'bias']);
  const hidden = tf.tanh(dense(layer('hidden'), x as tf.Tensor));
  return labelledCrossEntropy(dense(layer('output'), hidden), labels as tf.Tensor);
}

/** The same as `loss`, outside of any step. */
function lossNow(tree: Tree<HostArray>, { x, labels }: ReturnType<typeof drawn>): number {
  return tf.tidy(() => {
    const tensors = (node: Tree<HostArray>): TensorTree =>
      Object.fromEntries(
        Object.entries(node).map(([name, value]) => [
          name,
          value.data instanceof Float32Array
            ? tf.tensor(value.data, [...(value as HostArray).shape])
            : tensors(value as Tree<HostArray>),
        ]),
      );
    const inputs = { x: tf.tensor(x.data, x.shape), labels: tf.tensor(labels.data, labels.shape, 'int32') };
    return loss(tensors(tree), inputs).dataSync()[0] ?? Number.NaN;
  });
}

async function stepped(
  name: string,
  steps: number,
  change: Partial<LossStepOptions> = {},
  seedOf = (step: number) => step,
) {
  const engine = engines[name] as Engine;
  const step = await createLossStep({
    ...{ engine, optimiser: adam({ learningRate: 0.05 }), parameters, batch, loss },
    ...change,
  });
  const losses: number[] = [];
  for (let number = 1; number <= steps; number++) losses.push(await step.run(drawn(seedOf(number)), number));
  const after = step.current();
  await step.dispose();
  return { losses, after };
}

describe.each(['onnx', 'cpu'])('a step of any loss, on %s', (name) => {
  it('moves every parameter against the finite differences of the loss, to 1e-3', async () => {
    const { losses, after } = await stepped(name, 1, { optimiser: sgd({ learningRate: 1 }) });
    expect(losses[0]).toBeCloseTo(lossNow(parameters, drawn(1)), 5);
    const flat = flatten(after);
    for (const [path, { data }] of Object.entries(flatten<HostArray>(parameters))) {
      for (const [index, value] of data.entries()) {
        const moved = (by: number) => {
          data[index] = value + by;
          const result = lossNow(parameters, drawn(1));
          data[index] = value;
          return result;
        };
        const slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
        expect(Math.abs(value - slope - (flat[path]?.data[index] ?? Number.NaN)), path).toBeLessThan(1e-3);
      }
    }
  });

  it('learns in 150 steps of 4 labels each: to below 0.3 nats, from above 0.6 over the first 5', async () => {
    const { losses } = await stepped(name, 150);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(0, 5))).toBeGreaterThan(0.6);
    expect(mean(losses.slice(-30))).toBeLessThan(0.3);
  });
});

describe('a step of any loss', () => {
  it('gives the same parameters twice, and the given ones stay as they were', async () => {
    const before = JSON.stringify(parameters);
    const [first, second] = [await stepped('onnx', 5), await stepped('onnx', 5)];
    expect(second).toEqual(first);
    expect(JSON.stringify(parameters)).toBe(before);
  });

  it('with clipNorm 0.01 and a rate of 1 moves all parameters together by 0.01', async () => {
    const { after } = await stepped('onnx', 1, { optimiser: sgd({ learningRate: 1 }), clipNorm: 0.01 });
    const start = flatten<HostArray>(parameters);
    const squares = Object.entries(flatten(after)).flatMap(([path, { data }]) =>
      Array.from(data, (value, index) => (value - (start[path]?.data[index] ?? 0)) ** 2),
    );
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0))).toBeCloseTo(0.01, 5);
  });

  it('names step 1 where the loss is not finite, and keeps the parameters of step 0', async () => {
    const step = await createLossStep({
      ...{ engine: engines.onnx as Engine, optimiser: sgd({ learningRate: 1 }), parameters, batch },
      loss: (tree, inputs) => tf.div<tf.Scalar>(loss(tree, inputs), 0),
    });
    await expect(step.run(drawn(1), 1)).rejects.toThrow(/training step 1: expected a finite loss, received Infinity/);
    expect(step.current()).toEqual(parameters);
    await step.dispose();
  });

  it('leaves no tensor behind on an eager engine after 2 steps', async () => {
    await stepped('cpu', 1);
    const before = tf.memory().numTensors;
    await stepped('cpu', 2);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a clipNorm of 0', async () => {
    await expect(stepped('onnx', 1, { clipNorm: 0 })).rejects.toThrow(
      /createLossStep: expected clipNorm to be a finite number above 0, received 0/,
    );
  });
});
