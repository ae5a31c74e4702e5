/** The committed run records: what READMEs cite. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMetrics, parseRunRecord } from '@cpc/records';
import { expect, it } from 'vitest';
import { repositoryRoot } from './places.js';

const folder = join(repositoryRoot, 'benchmarks/runs');
const files = readdirSync(folder);
const records = files.filter((name) => name.endsWith('.json'));

it('are there', () => expect(records.length).toBeGreaterThan(0));

it.each(records)('%s is a completed run with a probe, a curve beside it, and no path of a machine', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const record = parseRunRecord(text, name);
  expect(record.status).toBe('completed');
  expect(record.probes.length).toBeGreaterThan(0);
  expect(text).not.toMatch(/"[^"]*\/(tmp|home|root|work|Users)\//);
  const curve = readFileSync(join(folder, name.replace(/json$/, 'jsonl')), 'utf8');
  expect(parseMetrics(curve, name).length).toBeGreaterThan(10);
});

const cited = [
  { domain: 'audio', preset: 'small', tasks: ['phones'] },
  { domain: 'text', preset: 'small', tasks: ['mr', 'subj', 'trec'] },
  { domain: 'vision', preset: 'small', tasks: ['class'] },
];

it.each(cited)('the README of $domain gives the accuracies that the records of its preset $preset hold', (citation) => {
  const { domain, preset, tasks } = citation;
  const readme = readFileSync(join(repositoryRoot, 'packages', domain, 'README.md'), 'utf8');
  const own = records.filter((record) => record.startsWith(`${domain}-${preset}-`));
  expect(own.length).toBeGreaterThan(0);
  for (const name of own) {
    const { probes } = parseRunRecord(readFileSync(join(folder, name), 'utf8'), name);
    for (const { task, accuracy } of probes.filter(({ task }) => tasks.includes(task))) {
      expect(readme, `${name}: ${task}`).toContain(`${(accuracy * 100).toFixed(1)} %`);
    }
  }
});
