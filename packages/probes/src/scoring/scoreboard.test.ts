import { describe, expect, it } from 'vitest';
import type { FoldPredictions } from './score-predictions.js';
import { createScoreboard } from './scoreboard.js';

const labels = Int32Array.of(0, 0, 1, 1);
const told = (...predicted: number[]): FoldPredictions[] => [
  { trainCount: 9, predicted: Int32Array.from(predicted), labels, clusters: [0, 1, 2, 3] },
];
const board = () => createScoreboard({ classes: 2, seed: 1, over: 'images' });

describe('a scoreboard', () => {
  it('tells a lead of 50 points over a baseline of the same representation, and none of the trained model', () => {
    const { add } = board();
    expect(add({ representation: 'latent' }, told(0, 0, 1, 1))).not.toHaveProperty('trainedLead');
    add({ representation: 'context' }, told(1, 1, 0, 0));
    const { accuracy, trainedLead } = add({ baseline: 'random', representation: 'latent' }, told(0, 1, 1, 0));
    expect(accuracy).toBe(0.5);
    expect(trainedLead).toMatchObject([{ representation: 'latent', difference: 0.5 }]);
  });

  it('compares a baseline of another representation with all 2 of the trained model', () => {
    const { add } = board();
    add({ representation: 'latent' }, told(0, 0, 1, 1));
    add({ representation: 'context' }, told(0, 0, 1, 0));
    expect(add({ baseline: 'mfcc', representation: 'mfcc' }, told(0, 1, 1, 0)).trainedLead).toMatchObject([
      { representation: 'latent', difference: 0.5 },
      { representation: 'context', difference: 0.25 },
    ]);
  });

  it('compares only what is of the same condition: 10 % of labels with 10 %', () => {
    const { add } = board();
    add({ representation: 'latent', condition: 0.1 }, told(0, 1, 1, 0));
    add({ representation: 'latent', condition: 1 }, told(0, 0, 1, 1));
    const { trainedLead } = add({ baseline: 'random', representation: 'latent', condition: 0.1 }, told(0, 1, 1, 0));
    expect(trainedLead).toMatchObject([{ difference: 0 }]);
  });
});
