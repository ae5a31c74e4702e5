import type { PredictionRecord } from '@cpc/records';
import { expect, it } from 'vitest';
import { offsetFigures, predictionCsv, predictionTable } from './prediction-figure.js';

const run = (seed: number, accuracy: number[]) => ({
  ...{ seed, steps: 5, trainedSeconds: 1, accuracy },
  ...{ chance: [0.0078, 0.0078], lossNats: [2, 3], boundNats: [2.8, 1.8] },
});

const record: PredictionRecord = {
  schema: 1,
  command: 'cpc audio ablate --figure 3',
  domain: 'audio',
  preset: 'small',
  settings: {},
  steps: 5,
  offsets: [1, 20],
  negatives: { source: 'mixed-speaker', count: 128 },
  heldOut: { speakers: 25, recordings: 26, windows: 800 },
  runs: [run(4, [0.5, 0.02]), run(5, [0.52, 0.04])],
  machine: { cpuModel: 'none', cores: 1, memoryBytes: 1, platform: 'none', node: '20' },
};

it('shows 51.0 ± 1.4 of 50 and 52 %, chance beside it, and what it was measured on', () => {
  expect(predictionTable(record)).toBe(`| steps ahead | accuracy, % | seeds | chance, % |
|---|---|---|---|
| 1 | 51.0 ± 1.4 | 2 | 0.8 |
| 20 | 3.0 ± 1.4 | 2 | 0.8 |

One positive among up to 128 negatives (mixed-speaker), in 800 windows of 26 recordings of 25 speakers that were not trained on.
`);
});

it('writes a CSV of 2 rows with a column for each of 2 seeds, and leaves the deviation of 1 seed empty', () => {
  const lines = predictionCsv(record).split('\n');
  expect(lines[0]).toBe('steps_ahead,mean,deviation,chance,seed_4,seed_5');
  expect(lines[1]).toMatch(/^1,0\.51,0\.0141\d*,0\.0078,0\.5,0\.52$/);
  expect(predictionCsv({ ...record, runs: [run(4, [0.5, 0.02])] }).split('\n')[1]).toBe('1,0.5,,0.0078,0.5');
});

it('has 0 rows before the first run is finished', () => {
  expect(offsetFigures({ ...record, runs: [] })).toEqual([]);
});
