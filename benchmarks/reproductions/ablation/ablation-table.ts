/** What an ablation's record comes to, row by row, and as the Markdown tables that stand beside the paper's. */
import { meanAndDeviation } from '@cpc/core';
import type { AblationRecord } from '@cpc/records';
import { type AblationRow, commonSettings, runNameOf, table2Rows } from './table-2.js';

type RowFigures = NonNullable<AblationRecord['rows']>[number];

/** The model before its first update in the paper's table 1, in percent, by task. Of other tasks the paper has no figures. */
const paperUntrained: Readonly<Record<string, string>> = { phones: '27.6', speakers: '1.87' };

/** Rows that have a finished run, in the paper's order: mean and standard deviation over seeds. */
export function rowFigures({ runs, settings, task }: AblationRecord): RowFigures[] {
  return table2Rows(commonSettings(settings)).flatMap((row) => {
    const accuracies = runs.filter(({ name }) => name === runNameOf(row)).map(({ result }) => result.accuracy);
    return accuracies.length === 0 ? [] : [figuresOf(row, accuracies, task)];
  });
}

function figuresOf(row: AblationRow, accuracies: readonly number[], task: string): RowFigures {
  const { mean, deviation } = meanAndDeviation(accuracies);
  return {
    name: row.name,
    run: runNameOf(row),
    seeds: accuracies.length,
    mean,
    deviation,
    ...(task === 'phones' ? { paperAccuracy: row.paperAccuracy } : {}),
  };
}

/**
 * Both halves of table 2, a row without a finished run left out: accuracy in percent, mean and standard deviation over seeds,
 * beside the paper's where it has any for the task, and below them what all rows were trained on.
 *
 * @returns Markdown, line end included.
 */
export function ablationTable(record: AblationRecord): string {
  const figures = new Map(rowFigures(record).map((row) => [row.name, row]));
  const parts = (['steps predicted', 'negatives'] as const).map((part) => {
    const rows = table2Rows().flatMap(({ name, title, part: itsPart }) => {
      const found = itsPart === part ? figures.get(name) : undefined;
      return found === undefined ? [] : [lineOf(title, found, record.task)];
    });
    const head = cells([part, `${record.task}, %`, 'seeds'], record.task, 'paper, %');
    return [head, head.replace(/[^|]+/g, '---'), ...rows, untrainedLine(record)].join('\n');
  });
  return `${[...parts, ...trainedOnText(record)].join('\n\n')}\n`;
}

/** One line of the table, the paper's column last where the task has one. */
function cells(own: readonly string[], task: string, paper: string): string {
  return `| ${[...own, ...(task in paperUntrained ? [paper] : [])].join(' | ')} |`;
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

function lineOf(title: string, row: RowFigures, task: string): string {
  const paper = row.paperAccuracy === undefined ? '–' : (100 * row.paperAccuracy).toFixed(1);
  return cells([title, percentText(row), String(row.seeds)], task, paper);
}

function untrainedLine({ untrained, task }: AblationRecord): string {
  const accuracies = untrained.map(({ result }) => result.accuracy);
  const shown = accuracies.length === 0 ? '–' : percentText(meanAndDeviation(accuracies));
  return cells(['untrained', shown, String(accuracies.length)], task, paperUntrained[task] ?? '–');
}

function trainedOnText({ trainedOn }: AblationRecord): string[] {
  if (trainedOn === undefined) return [];
  const { recordings, speakers, hours, leftOut } = trainedOn;
  const others = leftOut === 0 ? '' : `; ${leftOut} more, which not every row can use, were left out of all`;
  return [
    `All rows were trained on the same recordings: ${recordings} of ${speakers} speakers, ${hours.toFixed(2)} hours${others}.`,
  ];
}
