/**
 * The rows of the paper's table 2: what changes from row to row, and what the paper found.
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, table 2: accuracy of phones, linear classifier, LibriSpeech.
 */
import type { NegativeSource, SpeechSettings } from '../presets.js';

export interface AblationRow {
  /** As typed behind `--rows`. */
  readonly name: string;
  /** As the paper says it. */
  readonly title: string;
  readonly part: 'steps predicted' | 'negatives';
  readonly changes: Pick<SpeechSettings, 'predictionSteps' | 'negatives'>;
  /** Fraction of frames. */
  readonly paperAccuracy: number;
}

const usualSteps = 12;
const usualNegatives: NegativeSource = 'mixed-speaker';

const stepsRow = (predictionSteps: number, paperAccuracy: number): AblationRow => ({
  name: `steps-${predictionSteps}`,
  title: `${predictionSteps} steps`,
  part: 'steps predicted',
  changes: { predictionSteps, negatives: usualNegatives },
  paperAccuracy,
});

const negativesRow = (negatives: NegativeSource, title: string, paperAccuracy: number): AblationRow => ({
  name: negatives,
  title,
  part: 'negatives',
  changes: { predictionSteps: usualSteps, negatives },
  paperAccuracy,
});

/** All ten, in the paper's order. Twelve steps and mixed speakers are the same run. */
export const table2Rows: readonly AblationRow[] = [
  stepsRow(2, 0.285),
  stepsRow(4, 0.576),
  stepsRow(8, 0.636),
  stepsRow(12, 0.646),
  stepsRow(16, 0.638),
  negativesRow('mixed-speaker', 'mixed speaker', 0.646),
  negativesRow('same-speaker', 'same speaker', 0.655),
  negativesRow('mixed-speaker-excluding-own', 'mixed speaker (excl.)', 0.573),
  negativesRow('same-speaker-excluding-own', 'same speaker (excl.)', 0.646),
  negativesRow('own-sequence', 'current sequence only', 0.652),
];

/** Names the run that a row stands for: rows of the same changes share it. */
export function runNameOf({ changes: { predictionSteps, negatives } }: AblationRow): string {
  return `predict-${predictionSteps}-${negatives}`;
}
