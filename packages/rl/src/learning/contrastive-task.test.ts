import { createRandom, flatten } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createContrastiveTask, withinEpisode } from './contrastive-task.js';

await tf.setBackend('cpu');

/** Whether no episode starts after `step`, up to `step + offset`. */
function loops(starts: readonly (readonly number[])[], offset: number): number[][] {
  return starts.map((row) =>
    Array.from({ length: row.length - offset }, (_, step) =>
      row.slice(step + 1, step + offset + 1).every((start) => start === 0) ? 1 : 0,
    ),
  );
}

describe('which anchors count', () => {
  const random = createRandom(1);
  const starts = Array.from({ length: 5 }, () => Array.from({ length: 12 }, () => Number(random.uniform() < 0.2)));

  it.each([1, 2, 5, 11])('at distance %d are those that plain loops find, in 5 copies of 12 steps', (offset) => {
    expect(withinEpisode(tf.tensor2d(starts), offset).arraySync()).toEqual(loops(starts, offset));
  });

  it('includes the first step of an episode, and leaves 1 tensor behind', () => {
    const mask = tf.tensor2d([[0, 1, 0]]);
    const before = tf.memory().numTensors;
    const counted = withinEpisode(mask, 1);
    expect(counted.arraySync()).toEqual([[0, 1]]);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

it('has a matrix for each of 30 steps, all different', () => {
  const sizes = {
    contextUnits: 4,
    encoderUnits: 3,
    predictorScale: 1,
    negativeCount: 8,
    anchorEvery: 1,
    predictionSteps: 30,
  };
  const matrices = Object.values(flatten(createContrastiveTask(sizes).initialise(createRandom(1))));
  expect(matrices.map(({ shape }) => shape)).toEqual(Array(30).fill([4, 3]));
  expect(new Set(matrices.map(({ data }) => String(data))).size).toBe(30);
});
