/** The committed records of ablations: what READMEs cite. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AblationRecord, parseAblationRecord, parsePredictionRecord } from '@cpc/records';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './places.js';

const folder = join(repositoryRoot, 'benchmarks/ablations');
const records = readdirSync(folder).filter((name) => name.endsWith('.json'));
const tables = records.filter((name) => name.includes('-table-'));
const figures = records.filter((name) => name.includes('-figure-'));

it('are tables and figures, those of speech among them', () => {
  expect([...tables, ...figures].sort()).toEqual([...records].sort());
  expect(records).toEqual(expect.arrayContaining(['audio-table-2.json', 'audio-figure-3.json']));
});

/** A record's text, and the table that was made from it. */
function contentsOf(name: string): { readonly text: string; readonly table: string } {
  const [text = '', table = ''] = [name, name.replace(/json$/, 'md')].map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  return { text, table };
}

const readmeOf = (domain: string) => readFileSync(join(repositoryRoot, `packages/${domain}/README.md`), 'utf8');

it.each(records)('%s names no path of a machine', (name) => {
  expect(contentsOf(name).text).not.toMatch(/"[^"]*\/(tmp|home|root|work|Users)\//);
});

describe.each(figures)('%s', (name) => {
  const { text, table } = contentsOf(name);
  const { runs, offsets, steps, domain } = parsePredictionRecord(text, name);

  it('has 3 seeds, each once, all of equally many updates', () => {
    expect(new Set(runs.map(({ seed }) => seed)).size).toBe(3);
    expect(new Set(runs.map((run) => run.steps))).toEqual(new Set([steps]));
  });

  it('says what its runs come to at every step ahead, in its table and in the README', () => {
    for (const [index, offset] of offsets.entries()) {
      const percent = meanAndDeviationText(runs.map(({ accuracy }) => 100 * (accuracy[index] ?? Number.NaN)));
      expect(table).toContain(`| ${offset} | ${percent} | 3 |`);
      expect(readmeOf(domain)).toContain(percent);
    }
    expect(readmeOf(domain)).toContain(
      `npm run reproduce -- prediction-accuracy --data "$CPC_DATA/speech/librispeech-251" --set channels=128 --steps ${steps} `,
    );
  });
});

describe.each(tables)('%s', (name) => {
  const { text, table } = contentsOf(name);
  const record = parseAblationRecord(text, name);

  it('has every run once, all of equally many updates', () => {
    const runs = record.runs.map((run) => `${run.name} ${run.seed}`);
    expect(new Set(runs).size).toBe(runs.length);
    expect(new Set(record.runs.map(({ steps }) => steps))).toEqual(new Set([record.steps]));
  });

  it('says what its runs come to, in its table and in the README', () => {
    const readme = readmeOf(record.domain);
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
  return meanAndDeviationText(runs.map(({ result }) => 100 * result.accuracy));
}

function meanAndDeviationText(percents: readonly number[]): string {
  const mean = percents.reduce((sum, percent) => sum + percent) / percents.length;
  const squares = percents.reduce((sum, percent) => sum + (percent - mean) ** 2, 0);
  return `${mean.toFixed(1)} ± ${Math.sqrt(squares / (percents.length - 1)).toFixed(1)}`;
}
