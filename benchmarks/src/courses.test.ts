import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CourseRecord, courseRows, parseCourses, sameStateRows } from './courses.js';
import { documentPath, repositoryRoot } from './places.js';
import { markdownTable } from './table.js';

const update = (number: number, optimised: number, unoptimised: number) => ({
  ...{ update: number, optimised, unoptimised },
  ...{ gradientNormOptimised: 2, gradientNormUnoptimised: 2 },
});

const record: CourseRecord = {
  ...{ schema: 1, command: 'cpc audio train', optimised: 'a', unoptimised: 'b', meansOverUpdates: 50 },
  seeds: [
    { seed: 1, optimised: [5, 4.5], unoptimised: [5, 4.25] },
    { seed: 2, optimised: [5, 4], unoptimised: [5, 4.25] },
  ],
  fromTheSameState: [update(601, 4, 4), update(602, 4, 5), update(605, 4.004, 4)],
};

it('has differences of 0.25 either way, whose mean is 0 ± 0.25', () => {
  expect(courseRows(record)).toEqual([
    ['updates', 'seed 1', 'seed 2', 'mean'],
    ['1 to 50', '+0.000', '+0.000', '+0.000 ± 0.000'],
    ['51 to 100', '+0.250', '−0.250', '+0.000 ± 0.250'],
  ]);
});

it('counts updates from the shared state, every 4th of them: equal at first, 1e-3 apart at the fifth', () => {
  expect(sameStateRows(record).slice(1)).toEqual([
    ['1', '0', '0'],
    ['5', '1e-3', '0'],
  ]);
});

it('stands in docs/benchmarks.md as the committed courses have it', () => {
  const committed = parseCourses(readFileSync(join(repositoryRoot, 'benchmarks/courses/audio-small.json'), 'utf8'));
  const document = readFileSync(documentPath, 'utf8');
  expect(document).toContain(markdownTable(courseRows(committed)));
  expect(document).toContain(markdownTable(sameStateRows(committed)));
  expect(document).toContain(committed.command.replace(/--seed .*/, '').trim());
});
