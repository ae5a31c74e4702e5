import type { EvaluationResult } from '@cpc/records';
import type { Outcome } from '@cpc/runs/commands';
import { describe, expect, it } from 'vitest';
import { evaluateCommand } from './evaluate-command.js';

const figures = { standardError: 0.5, leastReturn: -1, greatestReturn: 20, meanSteps: 30 };
const resultOf = (policy: string, meanReturn: number): EvaluationResult => ({
  ...{ policy, meanReturn, environment: 'maze', episodes: 7, seed: 1 },
  ...figures,
});

function outcomeOf(trained: number, others: readonly string[] = ['random', 'fixed']): Outcome {
  const results = [resultOf('trained', trained), ...others.map((policy) => resultOf(policy, 3))];
  const events = results.map((result) => ({ type: 'evaluation-end', result }));
  return { status: 'completed', events, files: [{ path: 'a.gif', description: 'a film' }], warnings: [] };
}

describe('the report of an evaluation', () => {
  it('is a row for each of 3 policies, and the film as a note', async () => {
    const report = await evaluateCommand.report?.(outcomeOf(12.5), { run: 'first' });
    expect(report?.text?.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'policy | mean return | standard error | least | greatest | agent steps | episodes',
      'trained | 12.5 | 0.500 | -1.000 | 20.0 | 30.0 | 7',
      'random | 3.000 | 0.500 | -1.000 | 20.0 | 30.0 | 7',
      'fixed | 3.000 | 0.500 | -1.000 | 20.0 | 30.0 | 7',
    ]);
    expect(report?.notes).toEqual(['a.gif: a film']);
    expect(report?.json).toMatchObject({
      run: 'first',
      status: 'completed',
      evaluations: [{ policy: 'trained' }, {}, {}],
    });
  });
});

describe('an agent next to random play', () => {
  it('is better with 12.5 against 3, and not with 4: that is less than two standard errors', () => {
    expect(evaluateCommand.compare?.(outcomeOf(12.5))).toMatchObject({
      ...{ task: 'maze', isBetter: true, figures: { trained: '12.5 ± 0.500', random: '3.000 ± 0.500' } },
      verdict:
        'the trained agent does better than a random one: a return of 12.5 ± 0.500 against 3.000 ± 0.500 of the random policy.',
    });
    expect(evaluateCommand.compare?.(outcomeOf(4))).toMatchObject({
      ...{ isBetter: false, verdict: expect.stringContaining('training did NOT help') },
    });
  });

  it('cannot be compared without 1 of the 2 results', () => {
    expect(() => evaluateCommand.compare?.(outcomeOf(4, ['fixed']))).toThrow(/no result for trained and random/);
  });
});
