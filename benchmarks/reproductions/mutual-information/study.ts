/**
 * Estimates of mutual information next to the truth, for correlated Gaussians: docs/mutual-information.md.
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 2.3 and appendix A.1. The paper has no such table; it is ours.
 */
import { createRandom } from '@cpc/base';
import {
  estimateInformation,
  gaussiansOfInformation,
  type InformationEstimate,
  type InformationExperiment,
  informationEstimators,
  meanAndDeviation,
} from '@cpc/core';
import { createEngine, type EngineRequest } from '@cpc/core/node';
import { type Control, type TaskEvent, writeFileAtomically } from '@cpc/runs';

const dimensions = 4;
const batchSizes = [16, 64, 256];

export interface StudyRequest {
  /** Amounts of information, in nats, each above 0. */
  readonly nats: readonly number[];
  readonly seeds: readonly number[];
  /** Updates of every critic; default: those of `estimateInformation`. */
  readonly steps?: number | undefined;
  readonly engine: EngineRequest;
  /** A Markdown file. */
  readonly out?: string | undefined;
}

/** A row of the table, yielded once all of its estimates are made. */
export interface StudyRow {
  readonly type: 'study-row';
  readonly informationNats: number;
  readonly batchSize: number;
  /** By estimator: mean over seeds, and how far single batches are from one another. */
  readonly estimates: readonly { readonly estimator: string; readonly mean: number; readonly deviation: number }[];
}

/** Trains a critic for every amount of information, batch size, estimator and seed. */
export async function* studyInformation(
  { nats, seeds, steps, engine: asked, out }: StudyRequest,
  control: Control,
): AsyncGenerator<TaskEvent | StudyRow, void, undefined> {
  const engine = await createEngine(asked);
  const cells = nats.flatMap((informationNats) => batchSizes.map((batchSize) => ({ informationNats, batchSize })));
  const total = cells.length * informationEstimators.length;
  const rows: StudyRow[] = [];
  let done = 0;
  for (const { informationNats, batchSize } of cells) {
    const gaussians = gaussiansOfInformation({ dimensions, informationNats });
    const estimates: StudyRow['estimates'][number][] = [];
    for (const estimator of informationEstimators) {
      if (control.stopRequested()) return;
      const label = `${informationNats} nats, N ${batchSize}, ${estimator.name}`;
      yield { type: 'progress', label, done: done++, total };
      const experiment = { gaussians, estimator, batchSize, engine, ...(steps === undefined ? {} : { steps }) };
      estimates.push({ estimator: estimator.name, ...(await overSeeds(experiment, seeds)) });
    }
    const row: StudyRow = { type: 'study-row', informationNats, batchSize, estimates };
    rows.push(row);
    yield row;
  }
  if (out === undefined) return;
  await writeFileAtomically(out, `${studyTable(rows)}\n`);
  yield { type: 'file-written', path: out, description: 'estimates next to the truth' };
}

async function overSeeds(experiment: Omit<InformationExperiment, 'random'>, seeds: readonly number[]) {
  const results: InformationEstimate['estimateNats'][] = [];
  for (const seed of seeds)
    results.push((await estimateInformation({ ...experiment, random: createRandom(seed) })).estimateNats);
  const mean = (values: readonly number[]) => meanAndDeviation(values).mean;
  return {
    mean: mean(results.map((result) => result.mean)),
    deviation: mean(results.map(({ deviation }) => deviation ?? 0)),
  };
}

/** Markdown. What stands behind ± is how far single batches are from one another, not seeds. */
export function studyTable(rows: readonly StudyRow[]): string {
  const names = informationEstimators.map(({ name }) => name);
  const lines = rows.map(({ informationNats, batchSize, estimates }) => {
    const cells = estimates.map(({ mean, deviation }) => `${shown(mean)} ± ${shown(deviation)}`);
    return `| ${[informationNats, batchSize, Math.log(batchSize).toFixed(2), ...cells].join(' | ')} |`;
  });
  return [`| truth | N | ln N | ${names.join(' | ')} |`, `|${'---|'.repeat(3 + names.length)}`, ...lines].join('\n');
}

function shown(value: number): string {
  return Math.abs(value) < 1000 ? value.toFixed(2) : value.toExponential(1);
}
