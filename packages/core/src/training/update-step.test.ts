/** A step of any loss, and another function that reads its parameters. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../engines/engine.js';
import { createEngine } from '../node/engines.js';
import { sgd } from '../optimisers/sgd.js';
import { parameterNames } from './state-names.js';
import { createUpdateStep, type StepLoss } from './update-step.js';

const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

const pair = { shape: [2], dtype: 'float32' } as const;
const wanted = (...values: number[]) => ({ wanted: { shape: [2], data: Float32Array.from(values) } });

/** Half the squared distance of a point to a wanted one, whose gradient is the difference. */
const distance: StepLoss = {
  batch: { wanted: pair },
  measure: ({ point }, batch) => {
    const apart = tf.sub(point as tf.Tensor, batch.wanted as tf.Tensor);
    return { loss: tf.mul(0.5, tf.sum<tf.Scalar>(tf.square(apart))), farthest: tf.max(tf.abs(apart)) };
  },
};

const create = (name: string) =>
  createUpdateStep({
    loss: distance,
    engine: engines[name] as Engine,
    optimiser: sgd({ learningRate: 0.5 }),
    parameters: { point: { shape: [2], data: Float32Array.of(1, -2) } },
  });

describe.each(['onnx', 'cpu'])('an update step on %s', (name) => {
  it('tells loss 4, gradient norm and a metric of before the update, and halves the way at rate 0.5', async () => {
    const step = await create(name);
    const { metrics, gradientNorm, learningRate } = await step.run(wanted(3, 0), 1);
    expect(metrics.loss?.data[0]).toBe(4);
    expect(metrics.farthest?.data[0]).toBe(2);
    expect(gradientNorm).toBeCloseTo(Math.sqrt(8), 6);
    expect(learningRate).toBe(0.5);
    expect(Array.from(step.state.current['parameters/point']?.data ?? [])).toEqual([2, -1]);
    await step.dispose();
  });

  it('lets a function of its own engine read the 2 parameters after each update', async () => {
    const step = await create(name);
    const doubled = await engines[name]?.compile(
      (inputs) => ({ twice: tf.mul(inputs['parameters/point'] as tf.Tensor, 2) }),
      parameterNames({ point: pair }),
    );
    const read = async () => Array.from((await doubled?.run(step.state.current))?.twice?.data ?? []);
    expect(await read()).toEqual([2, -4]);
    await step.run(wanted(3, 0), 1);
    expect(await read()).toEqual([4, -2]);
    await Promise.all([step.dispose(), doubled?.dispose()]);
  });

  it('refuses a loss that is not finite, naming step 7, and keeps the parameters', async () => {
    const step = await create(name);
    await expect(step.run(wanted(Number.NaN, 0), 7)).rejects.toThrow(/training step 7: expected a finite loss/);
    expect(Array.from(step.state.current['parameters/point']?.data ?? [])).toEqual([1, -2]);
    await step.dispose();
  });
});
