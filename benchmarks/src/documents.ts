/**
 * Fills the places in a document that hold results: the lines between `<!-- results of CASE -->` and `<!-- end -->` are
 * replaced by the table of the case's record.
 */
import { CpcError } from '@cpc/core';
import type { CaseRecord } from './record.js';
import { summaryLines, summaryRows } from './summary.js';
import { markdownTable } from './table.js';

const place = /<!-- results of ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;

/** The cases whose results the document holds. */
export function documentedCases(document: string): string[] {
  return [...document.matchAll(place)].map(([, name = '']) => name);
}

/**
 * @throws {CpcError} if the document holds the results of a case that has no record.
 */
export function filledDocument(document: string, records: readonly CaseRecord[]): string {
  return document.replace(place, (_, name: string) => {
    const record = records.find((candidate) => candidate.case === name);
    if (record === undefined) {
      throw new CpcError({
        where: 'docs/benchmarks.md',
        expected: `a record of the case ${name}`,
        fix: `Run: npm run -s bench -- ${name} --save`,
      });
    }
    return `<!-- results of ${name} -->\n${resultsOf(record)}\n<!-- end -->`;
  });
}

function resultsOf(record: CaseRecord): string {
  const lines = [`Command: \`${record.command}\``, ...summaryLines(record)];
  const rows = summaryRows(record);
  const table = rows.length === 0 ? '' : `\n${markdownTable(rows)}\n`;
  return `${table}\n${lines.map((line) => `- ${line}`).join('\n')}\n`;
}
