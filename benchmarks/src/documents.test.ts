import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentedCases, filledDocument } from './documents.js';
import { documentPath, passesFolder, resultsFolder } from './places.js';
import { readRecords } from './record.js';
import { exampleRecord } from './test-support/records.js';

const empty = 'before\n<!-- results of audio -->\nold\n<!-- end -->\nafter\n';

describe('filledDocument', () => {
  it('replaces the 1 place and nothing else', () => {
    const filled = filledDocument(empty, [exampleRecord()]);
    expect(filled).toMatch(/^before\n<!-- results of audio -->\n\n\| {2}\| ours \| peer \|/);
    expect(filled).toContain('- Command: `npm run -s bench -- audio`');
    expect(filled).not.toContain('old');
    expect(filled.endsWith('<!-- end -->\nafter\n')).toBe(true);
  });

  it('gives the same document when filled a 2nd time', () => {
    const filled = filledDocument(empty, [exampleRecord()]);
    expect(filledDocument(filled, [exampleRecord()])).toBe(filled);
  });

  it('keeps 2 presets of a case apart', () => {
    const places = `${empty}<!-- results of audio, preset small -->\nold\n<!-- end -->\n`;
    const [whole, small] = [exampleRecord(), exampleRecord()];
    const options = { ...small.options, preset: 'small' };
    const records = [{ ...small, options, command: 'npm run -s bench -- audio --preset small' }, whole];
    const [, first = '', second = ''] = filledDocument(places, records).split('Command: ');
    expect(first).toMatch(/^`npm run -s bench -- audio`/);
    expect(second).toMatch(/^`npm run -s bench -- audio --preset small`/);
    expect(filledDocument(places, [whole])).toContain('`npm run -s bench -- audio --preset small --save`');
  });

  it('says how to measure 1 case without a record', () => {
    expect(filledDocument(empty, [])).toContain(
      'Not measured yet on a quiet machine: `npm run -s bench -- audio --save`.',
    );
  });
});

describe('docs/benchmarks.md', () => {
  it('holds what the records in benchmarks/results say, each in its place', async () => {
    const document = readFileSync(documentPath, 'utf8');
    const records = await readRecords(resultsFolder);
    expect(documentedCases(document)).toEqual(expect.arrayContaining(records.map((record) => record.case)));
    expect(filledDocument(document, [...records, ...(await readRecords(passesFolder))])).toBe(document);
  });
});
