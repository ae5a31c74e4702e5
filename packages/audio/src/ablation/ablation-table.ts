/** What an ablation's record comes to, row by row, and as the Markdown tables that stand beside the paper's. */
import { meanAndDeviation } from '@cpc/core';
import type { AblationRecord } from '@cpc/records';
import { type AblationRow, commonSettings, runNameOf, table2Rows } from './table-2.js';

type RowFigures = NonNullable<AblationRecord['rows']>[number];

/** Rows that have a finished run, in the paper's order: mean and standard deviation over seeds. */
export function rowFigures({ runs, settings }: AblationRecord): RowFigures[] {
  return table2Rows(commonSettings(settings)).flatMap((row) => {
    const accuracies = runs.filter(({ name }) => name === runNameOf(row)).map(({ result }) => result.accuracy);
    return accuracies.length === 0 ? [] : [figuresOf(row, accuracies)];
  });
}

function figuresOf(row: AblationRow, accuracies: readonly number[]): RowFigures {
  const { mean, deviation } = meanAndDeviation(accuracies);
  return {
    name: row.name,
    run: runNameOf(row),
    seeds: accuracies.length,
    mean,
    ...(deviation === undefined ? {} : { deviation }),
    paperAccuracy: row.paperAccuracy,
  };
}

/**
 * Both halves of table 2, a row without a finished run left out: accuracy in percent, mean and standard deviation over seeds.
 *
 * @returns Markdown, line end included.
 */
export function ablationTable(record: AblationRecord): string {
  const figures = new Map(rowFigures(record).map((row) => [row.name, row]));
  const parts = (['steps predicted', 'negatives'] as const).map((part) => {
    const rows = table2Rows().filter((row) => row.part === part && figures.has(row.name));
    const lines = rows.map(({ name, title }) => lineOf(title, figures.get(name)));
    const head = [`| ${part} | ${record.task}, % | seeds | paper, % |`, '|---|---|---|---|'];
    return [...head, ...lines, untrainedLine(record)].join('\n');
  });
  return `${parts.join('\n\n')}\n`;
}

/** Mean and, of several seeds, deviation, in percent. */
export function percentText({
  mean,
  deviation,
}: {
  readonly mean: number;
  readonly deviation?: number | undefined;
}): string {
  const shown = (100 * mean).toFixed(1);
  return deviation === undefined ? shown : `${shown} ± ${(100 * deviation).toFixed(1)}`;
}

function lineOf(title: string, row: RowFigures | undefined): string {
  if (row === undefined) return '';
  return `| ${title} | ${percentText(row)} | ${row.seeds} | ${(100 * row.paperAccuracy).toFixed(1)} |`;
}

/** The paper's table 1 has the model before its first update. */
function untrainedLine({ untrained }: AblationRecord): string {
  const accuracies = untrained.map(({ result }) => result.accuracy);
  if (accuracies.length === 0) return '| untrained | – | 0 | 27.6 |';
  return `| untrained | ${percentText(meanAndDeviation(accuracies))} | ${accuracies.length} | 27.6 |`;
}
