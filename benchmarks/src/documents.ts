/**
 * Fills the places in a document that hold results: the lines between `<!-- results of CASE -->` and `<!-- end -->` are
 * replaced by the table of the case's record, those behind `<!-- passes of CASE -->` by what the compiler's passes are worth to it.
 */
import { passRows } from './passes.js';
import type { CaseRecord } from './record.js';
import { summaryLines, summaryRows } from './summary.js';
import { markdownTable } from './table.js';

const passesPlace = /<!-- passes of ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;
const place = /<!-- results of ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;

/** The cases whose results the document holds. */
export function documentedCases(document: string): string[] {
  return [...document.matchAll(place)].map(([, name = '']) => name);
}

/** The document with every place filled; one whose case has no record says how to measure it. */
export function filledDocument(document: string, records: readonly CaseRecord[]): string {
  const withPasses = document.replace(passesPlace, (_, name: string) => {
    const rows = passRows(name, records);
    const results = rows.length === 0 ? unmeasured(`${name} --passes`) : `\n${markdownTable(rows)}\n`;
    return `<!-- passes of ${name} -->\n${results}\n<!-- end -->`;
  });
  return withPasses.replace(place, (_, name: string) => {
    const record = records.find((candidate) => candidate.case === name);
    const results = record === undefined ? unmeasured(name) : resultsOf(record);
    return `<!-- results of ${name} -->\n${results}\n<!-- end -->`;
  });
}

function unmeasured(name: string): string {
  return `\nNot measured yet on a quiet machine: \`npm run -s bench -- ${name} --save\`.\n`;
}

function resultsOf(record: CaseRecord): string {
  const lines = [`Command: \`${record.command}\``, ...summaryLines(record)];
  const rows = summaryRows(record);
  const table = rows.length === 0 ? '' : `\n${markdownTable(rows)}\n`;
  return `${table}\n${lines.map((line) => `- ${line}`).join('\n')}\n`;
}
