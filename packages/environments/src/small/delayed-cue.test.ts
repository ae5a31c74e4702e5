import { CpcArgumentError } from '@cpc/base';
import { expect, it } from 'vitest';
import { createDelayedCue } from './delayed-cue.js';

const left = 0;
const right = 1;
const wait = 2;

it('shows the cue once, waits 5 steps and asks', async () => {
  const environment = createDelayedCue();
  const seen = [Array.from(await environment.reset(4))];
  for (let step = 0; step < 6; step++) seen.push(Array.from((await environment.step(wait)).observation));
  expect(Math.abs(seen[0]?.[0] ?? 0)).toBe(1);
  expect(seen.slice(1)).toEqual([...Array(5).fill([0, 0]), [0, 1]]);
});

it.each([
  ['the cue', (cue: number) => cue, 1],
  ['the other side', (cue: number) => 1 - cue, -1],
  ['wait', () => wait, -1],
])('gives for answering %s', async (_, answerOf, reward) => {
  const environment = createDelayedCue({ delaySteps: 2 });
  for (const seed of [1, 2, 3, 4, 5]) {
    const [cue = 0] = await environment.reset(seed);
    for (let step = 0; step < 3; step++) {
      expect(await environment.step(wait)).toMatchObject({ reward: 0, terminated: false });
    }
    const answer = answerOf(cue < 0 ? left : right);
    expect(await environment.step(answer)).toMatchObject({ reward, terminated: true, truncated: false });
  }
});

it('ends with -1 at an answer before the question', async () => {
  const environment = createDelayedCue();
  environment.reset(1);
  expect(await environment.step(left)).toMatchObject({ reward: -1, terminated: true });
});

it('shows both cues among 20 seeds', async () => {
  const environment = createDelayedCue();
  const cues = await Promise.all(Array.from({ length: 20 }, async (_, seed) => (await environment.reset(seed))[0]));
  expect(new Set(cues)).toEqual(new Set([-1, 1]));
});

it('rejects a delay of half a step', () => {
  expect(() => createDelayedCue({ delaySteps: 0.5 })).toThrow(CpcArgumentError);
});
