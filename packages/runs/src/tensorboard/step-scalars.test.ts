import { expect, it } from 'vitest';

import { scalarsOfStep } from './step-scalars.js';

const measured = {
  step: 1,
  lossNats: 4.5,
  accuracy: [0.5, 0.25],
  boundNats: [1, 0.5],
  firstPredictionStep: 2,
  gradientNorm: 3,
  learningRate: 2e-4,
  stepMilliseconds: 100,
  inputWaitMilliseconds: 1,
  examplesPerSecond: 80,
  trainedSeconds: 0.1,
};

it('a step that predicts 2 and 5 ahead is tagged k02 and k05', () => {
  const tags = Object.keys(scalarsOfStep({ ...measured, offsets: [2, 5] })).filter((tag) => tag.includes('/k'));
  expect(tags).toEqual(['accuracy/k02', 'accuracy/k05', 'bound_nats/k02', 'bound_nats/k05']);
});

it('a step that predicts 2 and 3 ahead gives 6 scalars and 2 per prediction step', () => {
  const scalars = scalarsOfStep(measured);
  expect(scalars).toEqual({
    'loss/nats': 4.5,
    'accuracy/k02': 0.5,
    'accuracy/k03': 0.25,
    'bound_nats/k02': 1,
    'bound_nats/k03': 0.5,
    'optimiser/gradient_norm': 3,
    'optimiser/learning_rate': 2e-4,
    'speed/step_milliseconds': 100,
    'speed/input_wait_milliseconds': 1,
    'speed/examples_per_second': 80,
  });
});

it('a step of an agent that predicts nothing has no loss in nats, and tells what acting came to; no return where no episode ended', () => {
  const agent = {
    ...{
      frames: 400,
      framesPerSecond: 50,
      actingShare: 0.5,
      episodes: 0,
      entropyNats: 2,
      policyLoss: 0.1,
      valueLoss: 3,
    },
    explainedVariance: 0.25,
  };
  const nothing = { ...measured, lossNats: 0, accuracy: [], boundNats: [], offsets: [], agent };
  expect(scalarsOfStep(nothing)).toMatchObject({ 'agent/entropy_nats': 2, 'agent/frames': 400 });
  expect(scalarsOfStep(nothing)).not.toHaveProperty('loss/nats');
  expect(scalarsOfStep(nothing)).not.toHaveProperty('agent/return');
  const ended = { ...nothing, agent: { ...agent, episodes: 2, episodeReturn: 7, episodeSteps: 30 } };
  const tags = Object.keys(scalarsOfStep(ended)).filter((tag) => tag.startsWith('agent/') || tag.includes('frames'));
  expect(tags).toHaveLength(8);
  expect(scalarsOfStep(ended)).toMatchObject({ 'agent/return': 7, 'agent/episode_steps': 30 });
});

it('accuracies of 2 targets with 1 offset are refused: the second is no target 0 ahead', () => {
  expect(() => scalarsOfStep({ ...measured, offsets: [2] })).toThrow(
    /offsets: expected a place from 0 to 0, received 1/,
  );
});
