/** The contrastive half of a tiny agent as a domain of core, on made-up experience: so that it has to keep the contract of all domains. */
import type { Domain } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { encode } from '../agent/encoder.js';
import { contextualise, initialiseAgent } from '../agent/network.js';
import { withinEpisode } from '../learning/contrastive-task.js';
import { tinyLossOptions, tinyUnroll } from './tiny-agent.js';

export function createContrastiveDomain(): Domain {
  const options = tinyLossOptions();
  const { shape, copies, unrollSteps, contrastive } = options;
  if (contrastive === undefined) throw new Error('the tiny agent has a contrastive task');
  const { offsets, negatives } = contrastive.task;
  const names = ['observations', 'lastRewards', 'lastActions', 'starts'] as const;
  const drawn = (seed: number) => {
    const unroll = tinyUnroll(options, { seed });
    return Object.fromEntries(names.flatMap((name) => (unroll[name] === undefined ? [] : [[name, unroll[name]]])));
  };
  const layout = {
    ...{ sequences: copies, positions: unrollSteps },
    ...{ latentSize: shape.encoderUnits, contextSize: shape.contextUnits },
  };
  return {
    ...{ name: 'agent', layout, offsets, negatives },
    initialise: (random) => {
      const { policy: _, value: __, ...representation } = initialiseAgent(shape, random);
      return representation;
    },
    batch: Object.fromEntries(
      Object.entries(drawn(1)).map(([name, { shape: lengths, data }]) => [
        name,
        { shape: lengths, dtype: data instanceof Int32Array ? ('int32' as const) : ('float32' as const) },
      ]),
    ),
    draw: async (random) => drawn(random.integer(2 ** 30)),
    encode: (parameters, batch) =>
      tf.tidy(() => {
        const seen = tf.reshape(batch.observations as tf.Tensor, [copies * unrollSteps, 3]);
        return tf.reshape(encode(parameters, seen, shape.observation), [copies, unrollSteps, shape.encoderUnits]);
      }),
    contextualise: (parameters, latents, batch) =>
      tf.tidy(() => {
        const zeros = () => tf.zeros<tf.Rank.R2>([copies, shape.contextUnits]);
        const past = {
          lastRewards: batch.lastRewards as tf.Tensor2D,
          lastActions: batch.lastActions as tf.Tensor2D,
          starts: batch.starts as tf.Tensor2D,
        };
        return contextualise(parameters, shape, latents, past, { hidden: zeros(), cell: zeros() });
      }),
    weights: ({ starts }, offset) => withinEpisode(starts as tf.Tensor2D, offset),
  };
}
