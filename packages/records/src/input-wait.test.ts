import { expect, it } from 'vitest';

import { metricsLine } from './fixtures/examples.js';
import { createInputWait } from './input-wait.js';

/** Every step takes a second. */
function shareOf(waits: readonly number[], trainedBefore = 0) {
  const wait = createInputWait();
  for (const [index, inputWaitMilliseconds] of waits.entries())
    wait.add({ ...metricsLine, inputWaitMilliseconds, trainedSeconds: trainedBefore + index + 1 });
  return wait.share();
}

const slowBeginning = Array.from({ length: 10 }, () => 900);

it('after 10 steps there is no share; the eleventh is the first that counts', () => {
  expect(shareOf(slowBeginning)).toBeUndefined();
  expect(shareOf([...slowBeginning, 250])).toEqual({ value: 0.25, count: 1 });
});

it('waits of 100, 0 and 50 ms in 3 s are 5 %, also in a sitting that begins after 500 s', () => {
  expect(shareOf([...slowBeginning, 100, 0, 50])?.value).toBeCloseTo(0.05, 12);
  expect(shareOf([...slowBeginning, 100, 0, 50], 500)).toEqual({ value: expect.closeTo(0.05, 12), count: 3 });
});

it('never exceeds 1, and steps that took no time have no share', () => {
  expect(shareOf([...slowBeginning, 1200])?.value).toBe(1);
  const wait = createInputWait();
  for (let step = 0; step < 12; step++) wait.add({ ...metricsLine, trainedSeconds: 3 });
  expect(wait.share()).toBeUndefined();
});
