import { describe, expect, it } from 'vitest';
import { constantRate, cosineDecay, linearDecay, type Schedule, scheduleOf, stepDecay, warmUp } from './schedules.js';

const at = (schedule: Schedule, ...steps: number[]) => steps.map(schedule);

describe('schedules', () => {
  it('constantRate gives 2e-4 at updates 1 and 1e9', () => {
    expect(at(constantRate(2e-4), 1, 1e9)).toEqual([2e-4, 2e-4]);
  });

  it('linearDecay from 8 over 4 updates gives 8, 6, 4, 2, then 0 for good', () => {
    expect(at(linearDecay({ from: 8, steps: 4 }), 1, 2, 3, 4, 5, 6, 1000)).toEqual([8, 6, 4, 2, 0, 0, 0]);
    expect(at(linearDecay({ from: 8, to: 10, steps: 4 }), 1, 3, 5, 9)).toEqual([8, 9, 10, 10]);
  });

  it('cosineDecay from 2 to 1 gives the mean 1.5 half way, 1 at the end, and its quarters at cos 45 degrees', () => {
    const [first, quarter, half, last, after] = at(cosineDecay({ from: 2, to: 1, steps: 100 }), 1, 26, 51, 101, 500);
    expect([first, last, after]).toEqual([2, 1, 1]);
    expect(half).toBeCloseTo(1.5, 12);
    expect(quarter).toBeCloseTo(1.5 + Math.SQRT1_2 / 2, 12);
  });

  it('stepDecay gives 0.1 up to update 50,000, 0.01 up to 75,000, 0.001 from then on', () => {
    const probe = stepDecay([
      { steps: 50_000, rate: 0.1 },
      { steps: 25_000, rate: 0.01 },
      { steps: 10_000, rate: 0.001 },
    ]);
    expect(at(probe, 1, 50_000, 50_001, 75_000, 75_001, 85_000, 85_001)).toEqual([
      0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 0.001,
    ]);
  });

  it('warmUp over 4 updates to 2 gives 0.5, 1, 1.5, 2 and goes on', () => {
    expect(at(warmUp({ steps: 4, learningRate: 2 }), 1, 2, 3, 4, 5, 100)).toEqual([0.5, 1, 1.5, 2, 2, 2]);
  });

  it('warmUp lets what follows run from its start: 10 after 2 updates of warming up, 5 and 0 after that', () => {
    const decay = linearDecay({ from: 10, steps: 2 });
    expect(at(warmUp({ steps: 2, learningRate: decay }), 1, 2, 3, 4, 5)).toEqual([5, 10, 10, 5, 0]);
    expect(at(warmUp({ steps: 1, learningRate: warmUp({ steps: 2, learningRate: 4 }) }), 1, 2, 3, 4)).toEqual([
      2, 2, 4, 4,
    ]);
  });

  it('are pure: the rate of update 7 is the same asked first, last or twice', () => {
    for (const schedule of [
      cosineDecay({ from: 1, steps: 10 }),
      warmUp({ steps: 9, learningRate: 1 }),
      stepDecay([
        { steps: 5, rate: 1 },
        { steps: 5, rate: 0.5 },
      ]),
    ]) {
      const first = schedule(7);
      at(schedule, 1, 2, 3, 99);
      expect([schedule(7), schedule(7)]).toEqual([first, first]);
    }
  });

  it('refuse rates of 0, steps of 0 and 2.5, no phases, and an end below 0', () => {
    expect(() => constantRate(0)).toThrow(/constantRate: expected rate to be a number above 0/);
    expect(() => linearDecay({ from: Number.POSITIVE_INFINITY, steps: 5 })).toThrow(/from to be a number above 0/);
    expect(() => linearDecay({ from: 1, steps: 2.5 })).toThrow(/linearDecay: expected steps to be a whole number/);
    expect(() => cosineDecay({ from: 1, to: -1, steps: 5 })).toThrow(/to to be a number of at least 0, received -1/);
    expect(() => stepDecay([])).toThrow(/at least one phase/);
    expect(() => stepDecay([{ steps: 0, rate: 1 }])).toThrow(/whole number of at least 1, received 0/);
    expect(() => stepDecay([{ steps: 5, rate: -1 }])).toThrow(/rate to be a number above 0/);
    expect(() => warmUp({ steps: 0, learningRate: 1 })).toThrow(/warmUp: expected steps/);
    expect(() => warmUp({ steps: 3, learningRate: 0 })).toThrow(/warmUp: expected learningRate/);
  });

  it('scheduleOf names the update whose rate is NaN', () => {
    const checked = scheduleOf('adam', (step) => Math.sqrt(2 - step));
    expect(checked(2)).toBe(0);
    expect(() => checked(4)).toThrow(/adam: expected the schedule to give update 4 .* received NaN/);
  });
});
