/**
 * The rows of the paper's table 2: what changes from row to row, and what the paper found.
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, table 2: accuracy of phones, linear classifier, LibriSpeech.
 */

import { type NegativeSource, negativeSources, type SpeechSettings } from '@cpc/audio';
import type { ResolvedSetting } from '@cpc/records';

/** What rows differ in. */
export type RowSettings = Pick<SpeechSettings, 'predictionSteps' | 'negatives'>;

export interface AblationRow {
  /** As typed behind `--rows`. */
  readonly name: string;
  /** As the paper says it. */
  readonly title: string;
  readonly part: 'steps predicted' | 'negatives';
  readonly settings: RowSettings;
  /** Of phones: fraction of frames. */
  readonly paperAccuracy: number;
}

/** What a row leaves as it is; section 3.1 of the paper. */
const usual: RowSettings = { predictionSteps: 12, negatives: 'mixed-speaker' };

const stepsRows: readonly (readonly [steps: number, paperAccuracy: number])[] = [
  [2, 0.285],
  [4, 0.576],
  [8, 0.636],
  [12, 0.646],
  [16, 0.638],
];

const negativesRows: readonly (readonly [source: NegativeSource, title: string, paperAccuracy: number])[] = [
  ['mixed-speaker', 'mixed speaker', 0.646],
  ['same-speaker', 'same speaker', 0.655],
  ['mixed-speaker-excluding-own', 'mixed speaker (excl.)', 0.573],
  ['same-speaker-excluding-own', 'same speaker (excl.)', 0.646],
  ['own-sequence', 'current sequence only', 0.652],
];

/**
 * All ten, in the paper's order. Twelve steps and mixed speakers are the same run.
 *
 * @param common - what a row has that does not say otherwise; default as in the paper.
 */
export function table2Rows(common: RowSettings = usual): AblationRow[] {
  return [
    ...stepsRows.map(
      ([predictionSteps, paperAccuracy]): AblationRow => ({
        name: `steps-${predictionSteps}`,
        title: `${predictionSteps} steps`,
        part: 'steps predicted',
        settings: { ...common, predictionSteps },
        paperAccuracy,
      }),
    ),
    ...negativesRows.map(
      ([negatives, title, paperAccuracy]): AblationRow => ({
        name: negatives,
        title,
        part: 'negatives',
        settings: { ...common, negatives },
        paperAccuracy,
      }),
    ),
  ];
}

/**
 * What rows have in common: as in the paper, but for what a person chose. A preset's own choice does not count.
 *
 * @param otherwise - in place of the paper's.
 */
export function commonSettings(
  resolved: Readonly<Record<string, ResolvedSetting>>,
  otherwise: Partial<RowSettings> = {},
): RowSettings {
  const steps = chosen(resolved.predictionSteps);
  const source = negativeSources.find((name) => name === chosen(resolved.negatives));
  return {
    ...usual,
    ...otherwise,
    ...(typeof steps === 'number' ? { predictionSteps: steps } : {}),
    ...(source === undefined ? {} : { negatives: source }),
  };
}

function chosen(setting: ResolvedSetting | undefined): ResolvedSetting['value'] | undefined {
  return setting?.source === 'preset' || setting?.source === 'default' ? undefined : setting?.value;
}

/** The same as words, by what they are: what must stay alike over all calls that make one table. */
export function commonSettingsText(resolved: Readonly<Record<string, ResolvedSetting>>): Record<string, string> {
  const { predictionSteps, negatives } = commonSettings(resolved);
  return {
    'steps predicted in the rows of negatives': String(predictionSteps),
    'negatives in the rows of steps': negatives,
  };
}

/** Names the run that a row stands for: rows of the same settings share it. */
export function runNameOf({ settings: { predictionSteps, negatives } }: Pick<AblationRow, 'settings'>): string {
  return `predict-${predictionSteps}-${negatives}`;
}
