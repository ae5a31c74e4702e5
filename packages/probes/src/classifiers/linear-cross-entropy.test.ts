import { createRandom } from '@cpc/base';
import type { Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CrossEntropyOptions, prepareCrossEntropy } from './linear-cross-entropy.js';

const engines: Record<string, Engine> = {};
beforeAll(async () => {
  engines.onnx = await createEngine({ name: 'onnx', threads: 1 });
  engines.cpu = await createEngine({ name: 'cpu' });
});

const classes = 3;
const width = 5;

/** 9,001 examples: three blocks, the last one short. */
function examples(count = 9001): Omit<CrossEntropyOptions, 'engine'> {
  const random = createRandom(3);
  return {
    features: { shape: [count, width], data: Float32Array.from({ length: count * width }, () => random.normal()) },
    labels: Int32Array.from({ length: count }, () => random.integer(classes)),
    exampleWeights: Float32Array.from({ length: count }, () => random.uniform()),
    classes,
  };
}

function point(scale = 1): Float64Array {
  const random = createRandom(4);
  return Float64Array.from({ length: classes * (width + 1) }, () => Math.fround(scale * random.normal()));
}

/** The definition in plain loops. */
function byLoops({ features, labels, exampleWeights }: Omit<CrossEntropyOptions, 'engine'>, at: Float64Array): number {
  let sum = 0;
  for (const [example, label] of labels.entries()) {
    const row = features.data.subarray(example * width, (example + 1) * width);
    const scores = Array.from({ length: classes }, (_, k) =>
      row.reduce((total, value, f) => total + value * (at[k * width + f] ?? 0), at[classes * width + k] ?? 0),
    );
    const highest = Math.max(...scores);
    const total = scores.reduce((odds, score) => odds + Math.exp(score - highest), 0);
    sum += (exampleWeights[example] ?? 0) * (Math.log(total) + highest - (scores[label] ?? 0));
  }
  return sum / exampleWeights.reduce((total, weight) => total + weight, 0);
}

async function evaluated(
  options: Omit<CrossEntropyOptions, 'engine'>,
  at: Float64Array,
  name: 'onnx' | 'cpu' = 'onnx',
) {
  const engine = engines[name];
  if (engine === undefined) throw new Error(name);
  const crossEntropy = await prepareCrossEntropy({ ...options, engine });
  const result = await crossEntropy.at(at);
  await crossEntropy.dispose();
  return result;
}

describe('the cross-entropy of a linear classifier', () => {
  it('is ln 3 at zero, with a gradient of the biases that is 1/3 minus the share of each class', async () => {
    const given = examples();
    const { value, gradient } = await evaluated(given, new Float64Array(classes * (width + 1)));
    expect(value).toBeCloseTo(Math.log(3), 7);
    const weight = (label?: number) =>
      given.exampleWeights.reduce((sum, one, i) => sum + (given.labels[i] === (label ?? given.labels[i]) ? one : 0), 0);
    for (const k of [0, 1, 2]) expect(gradient[classes * width + k]).toBeCloseTo(1 / 3 - weight(k) / weight(), 6);
  });

  it.each(['onnx', 'cpu'] as const)(
    'agrees with plain loops over 9,001 examples in 3 blocks to 1e-7, on %s',
    async (name) => {
      const given = examples();
      const { value } = await evaluated(given, point(), name);
      expect(Math.abs(value - byLoops(given, point()))).toBeLessThan(1e-7);
    },
  );

  it('has the gradient of finite differences of those loops, to 1e-6 in each of its 18 entries', async () => {
    const given = examples(5000);
    const { gradient } = await evaluated(given, point());
    for (const [index, entry] of gradient.entries()) {
      const moved = (by: number) =>
        byLoops(
          given,
          point().map((value, i) => (i === index ? value + by : value)),
        );
      expect(Math.abs(entry - (moved(1e-4) - moved(-1e-4)) / 2e-4)).toBeLessThan(1e-6);
    }
  });

  it('stays finite for scores of 1e4', async () => {
    const given = examples(100);
    const { value, gradient } = await evaluated(given, point(1e4));
    expect(Math.abs(value / byLoops(given, point(1e4)) - 1)).toBeLessThan(1e-6);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it('counts an example of weight 2 as two, and leaves out one of weight 0', async () => {
    const given = examples(4);
    const copies = [0, 1, 1, 3].flatMap((row) => [...given.features.data.subarray(row * width, (row + 1) * width)]);
    const twice = {
      ...given,
      features: { shape: [4, width], data: Float32Array.from(copies) },
      labels: Int32Array.from([0, 1, 1, 3], (row) => given.labels[row] ?? 0),
      exampleWeights: Float32Array.of(1, 1, 1, 1),
    };
    const weighted = { ...given, exampleWeights: Float32Array.of(1, 2, 0, 1) };
    const [one, other] = [await evaluated(twice, point()), await evaluated(weighted, point())];
    expect(one.value).toBeCloseTo(other.value, 7);
    for (const [index, entry] of one.gradient.entries()) expect(entry).toBeCloseTo(other.gradient[index] ?? 0, 6);
  });

  it('leaves no tensor behind on an eager engine', async () => {
    await evaluated(examples(10), point(), 'cpu');
    const before = tf.memory().numTensors;
    await evaluated(examples(10), point(), 'cpu');
    expect(tf.memory().numTensors).toBe(before);
  });
});
