/** The paper's figure 3 from its record: accuracy of picking the positive by steps ahead, as figures, Markdown and CSV. */
import { meanAndDeviation } from '@cpc/core';
import type { PredictionRecord } from '@cpc/records';
import { percentText } from '../ablation/ablation-table.js';

type OffsetFigures = NonNullable<PredictionRecord['rows']>[number];

/** A row for every step ahead, none before the first run is finished: mean and standard deviation over seeds. */
export function offsetFigures({ offsets, runs }: PredictionRecord): OffsetFigures[] {
  if (runs.length === 0) return [];
  return offsets.map((offset, index) => {
    const { mean, deviation } = meanAndDeviation(runs.map(({ accuracy }) => accuracy[index] ?? Number.NaN));
    const chance = meanAndDeviation(runs.map((run) => run.chance[index] ?? Number.NaN)).mean;
    return { offset, mean, deviation, chance };
  });
}

/** Markdown, line end included. */
export function predictionTable(record: PredictionRecord): string {
  const { runs, negatives, heldOut } = record;
  const lines = offsetFigures(record).map(
    (row) => `| ${row.offset} | ${percentText(row)} | ${runs.length} | ${(100 * row.chance).toFixed(1)} |`,
  );
  const head = ['| steps ahead | accuracy, % | seeds | chance, % |', '|---|---|---|---|'];
  const note = `One positive among up to ${negatives.count} negatives (${negatives.source}), in ${heldOut.windows} windows of ${heldOut.recordings} recordings of ${heldOut.speakers} speakers that were not trained on.`;
  return `${[...head, ...lines].join('\n')}\n\n${note}\n`;
}

/** Fractions: `steps_ahead,mean,deviation,chance` and a column for every seed; the deviation of one seed is left empty. */
export function predictionCsv(record: PredictionRecord): string {
  const head = ['steps_ahead', 'mean', 'deviation', 'chance', ...record.runs.map(({ seed }) => `seed_${seed}`)];
  const lines = offsetFigures(record).map(({ offset, mean, deviation, chance }, index) =>
    [offset, mean, deviation ?? '', chance, ...record.runs.map(({ accuracy }) => accuracy[index] ?? '')].join(),
  );
  return `${[head.join(), ...lines].join('\n')}\n`;
}
