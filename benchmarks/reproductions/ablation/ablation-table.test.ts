import type { AblationRecord } from '@cpc/records';
import { expect, it } from 'vitest';
import { ablationTable, rowFigures } from './ablation-table.js';

const result = (accuracy: number): AblationRecord['runs'][number]['result'] => ({
  task: 'phones',
  representation: 'context',
  accuracy,
  classes: 39,
  counts: { train: 3, test: 1 },
  folds: 1,
  confidence: { low: 0, high: 1, level: 0.95 },
});
const run = (name: string, seed: number, accuracy: number) => ({
  ...{ name, seed, steps: 5, trainedSeconds: 1 },
  result: result(accuracy),
});

const record: AblationRecord = {
  schema: 1,
  command: 'cpc audio ablate',
  domain: 'audio',
  preset: 'small',
  settings: {},
  steps: 5,
  task: 'phones',
  runs: [
    run('predict-12-mixed-speaker', 1, 0.49),
    run('predict-12-mixed-speaker', 2, 0.5),
    run('predict-12-mixed-speaker', 3, 0.51),
    run('predict-12-own-sequence', 1, 0.45),
  ],
  trainedOn: { recordings: 200, speakers: 200, hours: 0.873, leftOut: 51 },
  untrained: [{ seed: 1, result: result(0.3) }],
  machine: { cpuModel: 'none', cores: 1, memoryBytes: 1, platform: 'none', node: '20' },
};

it('shows 50.0 ± 1.0 of 49, 50 and 51 %, in both halves where a run stands for two rows, and no row without runs', () => {
  expect(ablationTable(record)).toBe(`| steps predicted | phones, % | seeds | paper, % |
|---|---|---|---|
| 12 steps | 50.0 ± 1.0 | 3 | 64.6 |
| untrained | 30.0 | 1 | 27.6 |

| negatives | phones, % | seeds | paper, % |
|---|---|---|---|
| mixed speaker | 50.0 ± 1.0 | 3 | 64.6 |
| current sequence only | 45.0 | 1 | 65.2 |
| untrained | 30.0 | 1 | 27.6 |

All rows were trained on the same recordings: 200 of 200 speakers, 0.87 hours; 51 more, which not every row can use, were left out of all.
`);
});

it('gives the paper’s 1.87 % beside the untrained for speakers, whose rows it has not, and no column for digits', () => {
  const speakers = ablationTable({ ...record, task: 'speakers' });
  expect(speakers).toContain('| steps predicted | speakers, % | seeds | paper, % |');
  expect(speakers).toContain('| 12 steps | 50.0 ± 1.0 | 3 | – |');
  expect(speakers).toContain('| untrained | 30.0 | 1 | 1.87 |');
  const digits = ablationTable({ ...record, task: 'digits', trainedOn: undefined });
  expect(digits).toContain('| steps predicted | digits, % | seeds |\n|---|---|---|\n| 12 steps | 50.0 ± 1.0 | 3 |\n');
  expect(digits).not.toMatch(/paper|trained on/);
  expect(rowFigures(record).map(({ paperAccuracy }) => paperAccuracy)).toEqual([0.646, 0.646, 0.652]);
  expect(rowFigures({ ...record, task: 'digits' }).some((row) => 'paperAccuracy' in row)).toBe(false);
});
