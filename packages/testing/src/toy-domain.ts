/**
 * The smallest domain worth training: points that go round a circle, each sequence at its own speed, seen through noise.
 * The future follows from the past, so the loss falls within a few dozen steps.
 */
import {
  type Domain,
  dense,
  gru,
  initialiseDense,
  initialiseGru,
  layerAt,
  negativesFromBatch,
  type Random,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

const sequences = 4;
const positions = 10;
const latentSize = 6;
const contextSize = 5;

/** @param failAt - draws counted from 1: the one that fails, for tests of errors. */
export function createToyDomain(options: { readonly failAt?: number; readonly infiniteAt?: number } = {}): Domain {
  let draws = 0;
  return {
    name: 'toy',
    layout: { sequences, positions, latentSize, contextSize },
    offsets: [1, 2],
    negatives: negativesFromBatch(12),
    initialise: (random) => ({
      encoder: { dense: initialiseDense({ inputs: 2, outputs: latentSize }, random.fold('encoder')) },
      context: { gru: initialiseGru({ inputs: latentSize, units: contextSize }, random.fold('context')) },
    }),
    batch: { points: { shape: [sequences, positions, 2], dtype: 'float32' } },
    draw: async (random) => {
      draws += 1;
      if (draws === options.failAt) throw new Error('the toy ran out of points');
      const data = drawPoints(random);
      if (draws === options.infiniteAt) data.fill(Number.POSITIVE_INFINITY);
      return { points: { shape: [sequences, positions, 2], data } };
    },
    encode: (parameters, batch) =>
      tf.tidy(
        () =>
          tf.relu(
            dense(layerAt(parameters, 'encoder/dense', ['kernel', 'bias']), batch.points as tf.Tensor),
          ) as tf.Tensor3D,
      ),
    contextualise: (parameters, latents) =>
      gru(layerAt(parameters, 'context/gru', ['kernel', 'recurrentKernel', 'bias', 'recurrentBias']), latents),
  };
}

function drawPoints(random: Random): Float32Array {
  const data = new Float32Array(sequences * positions * 2);
  for (let sequence = 0; sequence < sequences; sequence++) {
    const phase = random.uniform() * 2 * Math.PI;
    const speed = 0.3 + random.uniform();
    for (let position = 0; position < positions; position++) {
      const angle = phase + speed * position;
      const at = (sequence * positions + position) * 2;
      data[at] = Math.cos(angle) + 0.05 * random.normal();
      data[at + 1] = Math.sin(angle) + 0.05 * random.normal();
    }
  }
  return data;
}
