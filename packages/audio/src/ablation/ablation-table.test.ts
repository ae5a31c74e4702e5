import type { AblationRecord } from '@cpc/records';
import { expect, it } from 'vitest';
import { ablationTable } from './ablation-table.js';

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

it('shows 50.0 ± 1.0 of 49, 50 and 51 %, in both halves where a run stands for two rows, and no row without runs', () => {
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
    untrained: [{ seed: 1, result: result(0.3) }],
    machine: { cpuModel: 'none', cores: 1, memoryBytes: 1, platform: 'none', node: '20' },
  };
  expect(ablationTable(record)).toBe(`| steps predicted | phones, % | seeds | paper, % |
|---|---|---|---|
| 12 steps | 50.0 ± 1.0 | 3 | 64.6 |
| untrained | 30.0 | 1 | 27.6 |

| negatives | phones, % | seeds | paper, % |
|---|---|---|---|
| mixed speaker | 50.0 ± 1.0 | 3 | 64.6 |
| current sequence only | 45.0 | 1 | 65.2 |
| untrained | 30.0 | 1 | 27.6 |
`);
});
