import { describe, expect, it } from 'vitest';
import { type AgentMeasurements, agentMeasurementsSchema, averageAgentUpdates } from './agent-measurements.js';

const update = (change: Partial<AgentMeasurements>): AgentMeasurements => ({
  ...{
    frames: 6400,
    framesPerSecond: 1000,
    actingShare: 0.5,
    episodes: 0,
    entropyNats: 2,
    policyLoss: 0,
    valueLoss: 1,
  },
  ...change,
});

describe('averageAgentUpdates', () => {
  it('weighs returns by episodes: 1 episode of 10 and 3 of 2 are 4 on average, over 4 episodes', () => {
    const updates = [
      update({ episodes: 1, episodeReturn: 10, episodeSteps: 100 }),
      update({}),
      update({ episodes: 3, episodeReturn: 2, episodeSteps: 20 }),
    ];
    expect(averageAgentUpdates(updates)).toMatchObject({ episodes: 4, episodeReturn: 4, episodeSteps: 40 });
  });

  it('leaves out returns where no episode ended, and takes the plain mean of entropies 1 and 2', () => {
    const averages = averageAgentUpdates([update({ entropyNats: 1 }), update({ explainedVariance: -0.5 })]);
    expect(averages).toEqual({
      ...{ episodes: 0, framesPerSecond: 1000, actingShare: 0.5, entropyNats: 1.5, explainedVariance: -0.5 },
    });
  });

  it('is undefined for 0 updates', () => {
    expect(averageAgentUpdates([])).toBeUndefined();
  });
});

it('the schema refuses an explained variance of 1.5', () => {
  expect(agentMeasurementsSchema.safeParse(update({ explainedVariance: 1.5 })).success).toBe(false);
  expect(agentMeasurementsSchema.safeParse(update({ explainedVariance: -3 })).success).toBe(true);
});
