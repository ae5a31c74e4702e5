import { expect, it } from 'vitest';
import { evaluationResultSchema } from './evaluation-result.js';

const result = {
  ...{ environment: 'seekavoid_arena', policy: 'random', episodes: 100, meanReturn: -0.5, standardError: 0.2 },
  ...{ leastReturn: -4, greatestReturn: 5, meanSteps: 300, seed: 1 },
};

it('an evaluation over 100 episodes is read back as it was, with and without the step of a model', () => {
  expect(evaluationResultSchema.parse(result)).toEqual(result);
  expect(evaluationResultSchema.parse({ ...result, step: 12 })).toEqual({ ...result, step: 12 });
});

it('an evaluation over 0 episodes, or with a standard error of -1, is refused', () => {
  expect(evaluationResultSchema.safeParse({ ...result, episodes: 0 }).success).toBe(false);
  expect(evaluationResultSchema.safeParse({ ...result, standardError: -1 }).success).toBe(false);
});
