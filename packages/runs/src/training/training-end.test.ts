import { describe, expect, it } from 'vitest';
import { trainingEnd } from './training-end.js';

describe('trainingEnd', () => {
  it('is the smaller of 100 steps and 3 epochs of 20.5 updates, counted as 21; minutes stand by themselves', () => {
    expect(trainingEnd({ steps: 100, epochs: 3, minutes: 5 }, 20.5)).toEqual({ steps: 63, minutes: 5 });
    expect(trainingEnd({ steps: 10, epochs: 3 }, 20.5)).toEqual({ steps: 10 });
    expect(trainingEnd({ minutes: 5 }, 20.5)).toEqual({ minutes: 5 });
    expect(trainingEnd({ epochs: 0.5 }, 0.1)).toEqual({ steps: 1 });
  });

  it('refuses a request without an end', () => {
    expect(() => trainingEnd({}, 10)).toThrow(/steps, epochs or minutes, received none of them/);
  });
});
