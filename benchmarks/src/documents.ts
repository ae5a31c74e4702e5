/**
 * Fills the places in a document that hold results: the lines between `<!-- results of CASE -->` and `<!-- end -->` are
 * replaced by the table of the case's record, those behind `<!-- passes of CASE -->` by what the compiler's passes are worth to it.
 * A case may have a second place, `<!-- results of CASE, preset PRESET -->`, for its record with other settings.
 */
import { passRows } from './passes.js';
import type { CaseRecord } from './record.js';
import { summaryLines, summaryRows } from './summary.js';
import { markdownTable } from './table.js';

const passesPlace = /<!-- passes of ([\w-]+) -->\n[\s\S]*?<!-- end -->/g;
const place = /<!-- results of ([\w-]+)(?:, preset (\w+))? -->\n[\s\S]*?<!-- end -->/g;

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
  const placed = [...document.matchAll(place)].map(([, name = '', preset]) => ({ name, preset }));
  const isElsewhere = (record: CaseRecord) =>
    placed.some(({ name, preset }) => name === record.case && preset === record.options.preset);
  return withPasses.replace(place, (_, name: string, preset?: string) => {
    const own = records.filter((candidate) => candidate.case === name);
    const record = own.find((candidate) =>
      preset === undefined ? !isElsewhere(candidate) : candidate.options.preset === preset,
    );
    const chosen = preset === undefined ? '' : `, preset ${preset}`;
    const results =
      record === undefined ? unmeasured(preset === undefined ? name : `${name} --preset ${preset}`) : resultsOf(record);
    return `<!-- results of ${name}${chosen} -->\n${results}\n<!-- end -->`;
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
