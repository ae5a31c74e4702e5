import { describe, expect, it } from 'vitest';
import { type AblationRecord, formatAblationRecord, parseAblationRecord } from './ablation-record.js';
import { record as run } from './fixtures/examples.js';
import { formatPredictionRecord, type PredictionRecord, parsePredictionRecord } from './prediction-record.js';

const common = { schema: 1, command: 'cpc audio ablate', domain: 'audio', preset: 'small', steps: 5 } as const;

const ablation: AblationRecord = {
  ...common,
  ...{ settings: run.settings, machine: run.machine, task: 'phones', inputs: { data: 'a' } },
  runs: [],
  trainedOn: { recordings: 200, speakers: 200, hours: 0.87, leftOut: 51 },
  rows: [{ name: 'steps-2', run: 'predict-2', seeds: 2, mean: 0.5, deviation: 0.01, paperAccuracy: 0.285 }],
  untrained: [],
};

const prediction: PredictionRecord = {
  ...common,
  ...{ settings: run.settings, machine: run.machine, offsets: [1, 2] },
  negatives: { source: 'mixed-speaker', count: 128 },
  heldOut: { speakers: 1, recordings: 2, windows: 3 },
  runs: [
    ...[
      {
        seed: 1,
        steps: 5,
        trainedSeconds: 1,
        accuracy: [0.5, 0.4],
        chance: [0.1, 0.1],
        lossNats: [1, 2],
        boundNats: [2, 1],
      },
    ],
  ],
};

describe('the records of an ablation', () => {
  it('come back unchanged after one round through text', () => {
    expect(parseAblationRecord(formatAblationRecord(ablation, 'x'), 'x')).toEqual(ablation);
    expect(parsePredictionRecord(formatPredictionRecord(prediction, 'x'), 'x')).toEqual(prediction);
  });

  it('need none of their 3 later fields, and no figure of the paper', () => {
    const { rows: _rows, inputs: _inputs, trainedOn: _trainedOn, ...bare } = ablation;
    const rows = [{ name: 'steps-2', run: 'predict-2', seeds: 1, mean: 0.5 }];
    expect(parseAblationRecord(formatAblationRecord({ ...bare, rows }, 'x'), 'x')).toEqual({ ...bare, rows });
    expect(parseAblationRecord(formatAblationRecord(bare, 'x'), 'x')).toEqual(bare);
  });

  it('are refused with the field named: a mean of 50, layout 2, and 1 accuracy for 2 offsets', () => {
    const wrong = { ...ablation, rows: [{ ...ablation.rows?.[0], mean: 50 }] };
    expect(() => parseAblationRecord(JSON.stringify(wrong), 'out/ablation.json')).toThrow(
      /out\/ablation\.json.*rows\.0\.mean/,
    );
    expect(() => parseAblationRecord(JSON.stringify({ ...ablation, schema: 2 }), 'x')).toThrow(/schema/);
    const short = { ...prediction, runs: [{ ...prediction.runs[0], accuracy: [0.5] }] };
    expect(() => parsePredictionRecord(JSON.stringify(short), 'x')).toThrow(/one accuracy per offset/);
  });
});
