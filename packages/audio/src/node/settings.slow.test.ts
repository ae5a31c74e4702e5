import { describeSettings } from '@cpc/testing';
import { negativeSources } from '../presets.js';
import { trainSpeech } from './train.js';

const layer = (kernelLength: number, stride: number) => ({ kernelLength, stride });

describeSettings({
  train: trainSpeech,
  data: 'builtin',
  values: {
    layers: [
      [layer(10, 5), layer(8, 4), layer(4, 2), layer(4, 2), layer(4, 2)],
      [layer(400, 160)],
      [layer(1, 1)],
      [layer(80, 80), layer(3, 2)],
      [layer(4, 5)],
    ],
    channels: [6, 1, 2],
    contextUnits: [5, 1],
    normalisation: ['none', 'channel'],
    windowSamples: [3200, 160, 161, 800, 1600, 10_240, 90_000],
    predictionSteps: [3, 1, 12, 20],
    batchSize: [2, 1, 3],
    negatives: ['mixed-speaker', ...negativeSources],
    negativeCount: [8, 2, 3, 4, 20, 40, 64, 200],
    inputScaling: ['unit-variance', 'none'],
    speedPerturbation: [0, 0.1, 0.5],
    predictorScale: [0.1, 0, 1],
    learningRateDecaySteps: [0, 1, 10],
    clipNorm: [0, 1e-3, 5],
  },
  draws: 60,
  seed: 1,
});
