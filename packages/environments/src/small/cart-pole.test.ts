import { expect, it } from 'vitest';
import type { SingleStep } from '../single-environment.js';
import { createCartPole } from './cart-pole.js';

/** Steps until the episode ends, the first action included. */
async function play(actionOf: (observation: Iterable<number>) => number): Promise<{ steps: number; last: SingleStep }> {
  const environment = createCartPole();
  let observation = await environment.reset(3);
  for (let steps = 1; ; steps++) {
    const last = await environment.step(actionOf(observation));
    if (last.terminated || last.truncated) return { steps, last };
    observation = last.observation;
  }
}

it('falls within 12 steps when always pushed to one side', async () => {
  const { steps, last } = await play(() => 1);
  expect(steps).toBeLessThanOrEqual(12);
  expect(last).toMatchObject({ reward: 1, terminated: true, truncated: false });
});

it('is cut off after 500 steps when pushed by angle and angular speed', async () => {
  const { steps, last } = await play(([, , angle = 0, turning = 0]) => Number(angle + turning > 0));
  expect(steps).toBe(500);
  expect(last).toMatchObject({ reward: 1, terminated: false, truncated: true });
});

it('moves as the equations of 1983 say for one push from rest, worked by hand', async () => {
  const environment = createCartPole();
  const start = Array.from(await environment.reset(7));
  const { observation } = await environment.step(1);
  const [position = 0, speed = 0, angle = 0, turning = 0] = start;
  const temporary = (10 + 0.05 * turning ** 2 * Math.sin(angle)) / 1.1;
  const turningChange =
    (9.8 * Math.sin(angle) - Math.cos(angle) * temporary) / (0.5 * (4 / 3 - (0.1 * Math.cos(angle) ** 2) / 1.1));
  const speedChange = temporary - (0.05 * turningChange * Math.cos(angle)) / 1.1;
  const expected = [
    position + 0.02 * speed,
    speed + 0.02 * speedChange,
    angle + 0.02 * turning,
    turning + 0.02 * turningChange,
  ];
  for (const [index, value] of expected.entries()) expect(observation[index]).toBeCloseTo(value, 6);
});

it('starts within 0.05 of rest, another place for another seed', async () => {
  const environment = createCartPole();
  const one = Array.from(await environment.reset(1));
  const two = Array.from(await environment.reset(2));
  expect(one).not.toEqual(two);
  expect([...one, ...two].every((value) => Math.abs(value) <= 0.05)).toBe(true);
  expect(Array.from(await environment.reset(1))).toEqual(one);
});
