/** The committed records of ablations: what READMEs cite. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AblationRecord, parseAblationRecord } from '@cpc/records';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './places.js';

const folder = join(repositoryRoot, 'benchmarks/ablations');
const records = readdirSync(folder).filter((name) => name.endsWith('.json'));

it('are there', () => expect(records).toContain('audio-table-2.json'));

describe.each(records)('%s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const record = parseAblationRecord(text, name);
  const table = readFileSync(join(folder, name.replace(/json$/, 'md')), 'utf8');

  it('names no path of a machine', () => expect(text).not.toMatch(/"[^"]*\/(tmp|home|root|work|Users)\//));

  it('has every run once, all of equally many updates', () => {
    const runs = record.runs.map((run) => `${run.name} ${run.seed}`);
    expect(new Set(runs).size).toBe(runs.length);
    expect(new Set(record.runs.map(({ steps }) => steps))).toEqual(new Set([record.steps]));
  });

  it('says what its runs come to, in its table and in the README', () => {
    const readme = readFileSync(join(repositoryRoot, `packages/${record.domain}/README.md`), 'utf8');
    for (const percent of [...percentages(record).values()]) {
      expect(table).toContain(`| ${percent} |`);
      expect(readme).toContain(`| ${percent} |`);
    }
    expect(readme).toContain(table.slice(0, table.indexOf('All rows')).trim());
    expect(readme).toContain(`--steps ${record.steps} `);
  });
});

/** By run: mean and standard deviation over seeds, computed here from the formula of the unbiased variance. */
function percentages({ runs }: AblationRecord): Map<string, string> {
  const names = new Set(runs.map((run) => run.name));
  return new Map([...names].map((name) => [name, percentage(runs.filter((run) => run.name === name))]));
}

function percentage(runs: AblationRecord['runs']): string {
  const percents = runs.map(({ result }) => 100 * result.accuracy);
  const mean = percents.reduce((sum, percent) => sum + percent) / percents.length;
  const squares = percents.reduce((sum, percent) => sum + (percent - mean) ** 2, 0);
  return `${mean.toFixed(1)} ± ${Math.sqrt(squares / (percents.length - 1)).toFixed(1)}`;
}
