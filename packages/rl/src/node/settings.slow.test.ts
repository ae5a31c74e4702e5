import { describeSettings } from '@cpc/testing';
import { describe } from 'vitest';
import { trainRl } from './train.js';

describe.each(['delayed_cue', 'seekavoid_arena'])('%s', (data) => {
  describeSettings({
    train: trainRl,
    data,
    values: {
      copies: [2, 1, 3],
      unrollSteps: [6, 2, 3, 20],
      convolutionChannels: [
        [4, 8],
        [1, 1],
      ],
      encoderUnits: [8, 1],
      contextUnits: [8, 1],
      memory: [true, false],
      discount: [0.99, 0, 1],
      rewardLimit: [1, 0],
      baselineCost: [0.5, 0],
      entropyCost: [1e-3, 0],
      lossReduction: ['sum', 'mean'],
      contrastive: [true, false],
      contrastiveWeight: [0.1, 0],
      predictionSteps: [2, 1, 5, 15],
      negativeCount: [4, 2, 3, 12, 40],
      anchorEvery: [1, 2, 4, 30],
      predictorScale: [0.1, 0],
      learningRateDecaySteps: [0, 1, 10],
      rmspropDecay: [0.99, 0],
      rmspropMomentum: [0, 0.9],
      rmspropEpsilon: [0.1, 1e-7],
      clipNorm: [0, 1e-3, 40],
    },
    draws: 30,
    seed: 4,
  });
});
