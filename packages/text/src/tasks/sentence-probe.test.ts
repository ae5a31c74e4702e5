import { createRandom, type Engine } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { fitLogisticRegression } from '@cpc/probes';
import { beforeAll, describe, expect, it } from 'vitest';
import { conditionedFeatures } from './conditioned-features.js';
import { type Protocol, protocolFeatures, protocols } from './protocols.js';
import { denseClassifier } from './sentence-probe.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ name: 'onnx', threads: 1 });
});

/** 120 vectors of 8 features that are never below 0, the first two of which tell the class. */
function vectors() {
  const random = createRandom(3);
  const labels = Int32Array.from({ length: 120 }, (_, row) => row % 2);
  const data = Float32Array.from({ length: 120 * 8 }, (_, index) => {
    const isOwn = index % 8 === labels[Math.floor(index / 8)];
    return Math.max(0, 2 + random.normal() + (isOwn ? 0.5 : 0));
  });
  return { features: { shape: [120, 8], data }, labels, classes: 2 };
}

describe('denseClassifier', () => {
  it.each(protocols)(
    'is logistic regression on the vectors of $name with C 4, to 2e-3 in log-odds',
    async (protocol: Protocol) => {
      const data = vectors();
      const rows = [...data.labels.keys()];
      const { regression } = await denseClassifier(data.features, data, protocol, engine).fit(rows, 4);
      const plain = protocolFeatures(protocol, data.features);
      const expected = await fitLogisticRegression({ ...data, features: plain, c: 4, engine, gradientTolerance: 1e-6 });
      const { features } = conditionedFeatures(plain);
      for (const row of rows) {
        const odds = (of: Float32Array, { weights, biases }: typeof expected) =>
          Array.from({ length: 8 }, (_, index) => index).reduce(
            (sum, index) =>
              sum + (of[row * 8 + index] ?? 0) * ((weights.data[2 * index] ?? 0) - (weights.data[2 * index + 1] ?? 0)),
            (biases.data[0] ?? 0) - (biases.data[1] ?? 0),
          );
        expect(Math.abs(odds(features.data, regression) - odds(plain.data, expected))).toBeLessThan(2e-3);
      }
      expect(regression.iterations).toBeLessThan(expected.iterations);
    },
  );

  it('stays finite for vectors that are all alike', () => {
    const { features, conditionedC } = conditionedFeatures({ shape: [2, 2], data: Float32Array.of(1, 2, 1, 2) });
    expect([...features.data, conditionedC(8)]).toEqual([0, 0, 0, 0, 8]);
  });
});
