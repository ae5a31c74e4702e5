import type { TrainingEvent, TrainingEventOf } from '@cpc/records';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../terminal/progress.js';
import { followTraining, type TrainingSummary } from './training-summary.js';

const start: TrainingEvent = { type: 'run-start', step: 0, parameterCount: 10, engine: { name: 'cpu' } };

/** Steps of 1 s, of which as many milliseconds were spent waiting for the batch. */
function stepsWith(waits: readonly number[]): TrainingEventOf<'step-end'>[] {
  return waits.map((inputWaitMilliseconds, index) => ({
    ...{ type: 'step-end', step: index + 1, lossNats: 2, accuracy: [0.5], boundNats: [1], offsets: [1] },
    ...{ firstPredictionStep: 1, gradientNorm: 1, learningRate: 0.1, stepMilliseconds: 1, examplesPerSecond: 4 },
    ...{ inputWaitMilliseconds, trainedSeconds: index + 1 },
  }));
}

async function follow(events: readonly TrainingEvent[]): Promise<{ summary: TrainingSummary; said: string[] }> {
  const said: string[] = [];
  const progress: Progress = { update: () => undefined, say: (line) => said.push(line), pause: () => undefined };
  const end: TrainingEvent = { type: 'run-end', step: 12, reason: 'completed', trainedSeconds: 12 };
  async function* all() {
    yield* [start, ...events, end];
  }
  return { summary: await followTraining(all(), progress), said };
}

describe('the share of time spent waiting for batches', () => {
  it('is 0.25 where steps 11 and 12 waited 100 and 400 ms, whatever the 10 before did', async () => {
    const waits = [...Array.from({ length: 10 }, () => 900), 100, 400];
    expect((await follow(stepsWith(waits))).summary.inputWaitShare).toBeCloseTo(0.25, 12);
  });

  it('is not told of 10 steps', async () => {
    const waits = Array.from({ length: 10 }, () => 900);
    expect((await follow(stepsWith(waits))).summary?.inputWaitShare).toBeUndefined();
  });
});

describe('damaged input', () => {
  it('is 1 warning with its reason, shown as it comes and told at the end', async () => {
    const reason = 'a.flac: the frame at byte 86 is damaged';
    const { summary, said } = await follow([{ type: 'input-damaged', path: 'a.flac', reason }]);
    expect(summary.warnings).toEqual([`not trained on, damaged: ${reason}`]);
    expect(said.slice(1)).toEqual([`warning: not trained on, damaged: ${reason}`]);
  });
});
