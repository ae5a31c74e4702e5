import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedCases, filledDocument } from './documents.js';
import { documentPath, resultsFolder } from './places.js';
import { readRecord } from './record.js';
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

  it('refuses 1 case without a record, naming the command', () => {
    expect(() => filledDocument(empty, [])).toThrow(/a record of the case audio.*bench -- audio --save/);
  });
});

describe('docs/benchmarks.md', () => {
  it('holds what the records in benchmarks/results say, in 1 place each', async () => {
    const document = readFileSync(documentPath, 'utf8');
    const files = readdirSync(resultsFolder).filter((file) => file.endsWith('.json'));
    const records = await Promise.all(files.map((file) => readRecord(join(resultsFolder, file))));
    expect(documentedCases(document).sort()).toEqual(records.map((record) => record.case).sort());
    expect(filledDocument(document, records)).toBe(document);
  });
});
