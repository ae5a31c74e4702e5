/** An ablation's record as the Markdown tables that stand beside the paper's. */
import { meanAndDeviation } from '@cpc/core';
import type { AblationRecord } from '@cpc/records';
import { type AblationRow, runNameOf, table2Rows } from './table-2.js';

/**
 * Both halves of table 2, a row without a finished run left out: accuracy in percent, mean and standard deviation over seeds.
 *
 * @returns Markdown, line end included.
 */
export function ablationTable(record: AblationRecord): string {
  const untrained = percentOf(record.untrained.map(({ result }) => result.accuracy));
  const parts = (['steps predicted', 'negatives'] as const).map((part) => {
    const rows = table2Rows.filter((row) => row.part === part).flatMap((row) => lineOf(row, record));
    const head = [`| ${part} | ${record.task}, % | seeds | paper, % |`, '|---|---|---|---|'];
    return [...head, ...rows, `| untrained | ${untrained} | ${record.untrained.length} | 27.6 |`].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

function lineOf(row: AblationRow, { runs }: AblationRecord): string[] {
  const accuracies = runs.filter(({ name }) => name === runNameOf(row)).map(({ result }) => result.accuracy);
  if (accuracies.length === 0) return [];
  return [
    `| ${row.title} | ${percentOf(accuracies)} | ${accuracies.length} | ${(100 * row.paperAccuracy).toFixed(1)} |`,
  ];
}

function percentOf(accuracies: readonly number[]): string {
  if (accuracies.length === 0) return '–';
  const { mean, deviation } = meanAndDeviation(accuracies);
  const shown = (100 * mean).toFixed(1);
  return deviation === undefined ? shown : `${shown} ± ${(100 * deviation).toFixed(1)}`;
}
