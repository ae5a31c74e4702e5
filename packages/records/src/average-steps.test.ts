import { expect, it } from 'vitest';

import { averageSteps } from './average-steps.js';
import { metricsLine } from './fixtures/examples.js';

it('the means of losses 4 and 2, accuracies 0.1 and 0.3, are 3 and 0.2', () => {
  const steps = [
    { ...metricsLine, lossNats: 4, accuracy: [0.1, 0], boundNats: [0, -1] },
    { ...metricsLine, step: 2, lossNats: 2, accuracy: [0.3, 1], boundNats: [1, -2], stepMilliseconds: 1400 },
  ];
  expect(averageSteps(steps)).toMatchObject({
    count: 2,
    lossNats: 3,
    offsets: [1, 2],
    accuracy: [expect.closeTo(0.2, 10), 0.5],
    boundNats: [0.5, -1.5],
    stepMilliseconds: 1300,
  });
});

it('0 steps have no means', () => {
  expect(averageSteps([])).toBeUndefined();
});

it('the offsets 2, 3 and 5 are kept as they are', () => {
  const three = {
    ...metricsLine,
    accuracy: [0, 0, 0],
    boundNats: [0, 0, 0],
    firstPredictionStep: 2,
    offsets: [2, 3, 5],
  };
  expect(averageSteps([three])?.offsets).toEqual([2, 3, 5]);
});
