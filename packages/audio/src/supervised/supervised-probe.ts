/**
 * The supervised baseline of table 1, split by split: trained on the split's training rows, a part of them kept to stop by, and
 * asked about the held-out ones. Its predictions are scored by `scorePredictions` as those of every probe.
 */
import { type Engine, entryAt, type Random } from '@cpc/core';
import { type FoldPredictions, holdOutGroups } from '@cpc/probes';
import type { SpeechSettings } from '../presets.js';
import { clustersOf } from '../probes/frame-probe.js';
import { type FrameTable, selectRows } from '../probes/frame-table.js';
import type { ProbeSplit } from '../probes/splits.js';
import { stoppingGroups } from '../probes/training-groups.js';
import type { LabelledSpeech } from './labelled-frames.js';
import { classifyFrames } from './supervised-network.js';
import { type SupervisedLimits, type SupervisedUpdate, trainSupervised } from './train-supervised.js';

/** Chosen on 4 speakers of TIMIT's sample, those of the README's settings; the paper gives none. */
export const supervisedLimits: SupervisedLimits = {
  learningRate: 4e-4, //     at 1e-3 it never learnt who speaks
  batchSize: 8, //           as many windows as the paper's batch of section 3.1 has on a GPU
  leastRoundUpdates: 25,
  leastRounds: 30, //        it stands at chance for the first 300 updates
  maxRounds: 60,
  patience: 12,
};

/** Of the training frames, in whole groups: as much as the probe with a hidden layer keeps. */
const validationShare = 0.1;

export interface SupervisedProbeOptions {
  readonly speech: LabelledSpeech;
  /** `frameNumbers` of the speech: row by row the table of any features of it. */
  readonly table: FrameTable;
  /** At least one. */
  readonly splits: readonly ProbeSplit[];
  /** By recording: what never stands on both sides of a split, such as the speaker. See `training-groups.ts`. */
  readonly groupOf?: (recording: number) => string;
  readonly settings: SpeechSettings;
  /** Of the run: the first parameters are made from it. */
  readonly seed: number;
  readonly engine: Engine;
  /** Draws windows, and the validation groups. */
  readonly random: Random;
  readonly limits?: SupervisedLimits;
}

/** What happens, with the split it happens in, counted from 1. */
export type SupervisedEvent = { readonly split: number; readonly ofSplits: number } & (
  | SupervisedUpdate
  | { readonly type: 'split-end'; readonly predictions: FoldPredictions }
);

/**
 * Trains a network for every split and predicts its held-out frames.
 *
 * @returns every update, and each split's predictions; whoever stops reading ends the training.
 * @throws {CpcError} if a split's training side has too little to stop by, or the loss stops being finite.
 */
export async function* superviseSplits(
  options: SupervisedProbeOptions,
): AsyncGenerator<SupervisedEvent, void, undefined> {
  for (const [index, split] of options.splits.entries()) {
    const place = { split: index + 1, ofSplits: options.splits.length };
    for await (const event of superviseSplit(options, split, options.random.fold('split', index)))
      yield { ...place, ...event };
  }
}

async function* superviseSplit(
  { speech, table, groupOf, settings, seed, engine, limits = supervisedLimits }: SupervisedProbeOptions,
  split: ProbeSplit,
  random: Random,
) {
  const { fitted, validation } = divideTraining(table, split, random, groupOf);
  const rows = {
    isFitted: (row: number) => fitted.has(row),
    isValidation: (row: number) => validation.has(row),
    isHeldOut: split.isTest,
  };
  for await (const event of trainSupervised({ ...rows, speech, table, settings, seed, engine, random, limits })) {
    if (event.type === 'update') {
      yield event;
      continue;
    }
    const held = selectRows(table, split.isTest);
    const read = (recording: number) => speech.corpus.read(recording);
    const predicted = await classifyFrames({ read, table: held, settings, parameters: event.parameters, engine });
    const { labels, recordings } = held;
    const counts = { trainCount: fitted.size, validationCount: validation.size };
    yield {
      type: 'split-end',
      predictions: { ...counts, predicted, labels, clusters: clustersOf(recordings, groupOf) },
    } as const;
  }
}

/** Training rows to learn from, and those to stop by. */
function divideTraining(
  table: FrameTable,
  { isTrain }: ProbeSplit,
  random: Random,
  groupOf: ((recording: number) => string) | undefined,
): { readonly fitted: ReadonlySet<number>; readonly validation: ReadonlySet<number> } {
  const rows = Array.from(table.labels.keys()).filter(isTrain);
  const groups = stoppingGroups(selectRows(table, isTrain), groupOf);
  const { train, test } = holdOutGroups(groups, validationShare, random.fold('validation'));
  const rowsAt = (places: readonly number[]) =>
    new Set(places.map((place) => entryAt(rows, place, 'rows to train on')));
  return { fitted: rowsAt(train), validation: rowsAt(test) };
}
