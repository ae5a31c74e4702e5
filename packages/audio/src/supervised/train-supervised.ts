/**
 * Trains the supervised network on some rows of a table and stops by others of the training side. Held-out rows are given only to
 * be left out of what is heard.
 */

import { adam, createLossStep, type Engine, type HostArray, type LossStep, type Random, type Tree } from '@cpc/core';
import { accuracy } from '@cpc/probes';
import { encoderHop } from '../model.js';
import type { SpeechSettings } from '../presets.js';
import { type FrameTable, selectRows } from '../probes/frame-table.js';
import type { LabelledSpeech } from './labelled-frames.js';
import { labelledSpans } from './labelled-spans.js';
import { createSpanSampler, type SpanSampler } from './span-sampler.js';
import { classifyFrames, initialiseSupervised, supervisedLoss } from './supervised-network.js';

/** How long and how fast. */
export interface SupervisedLimits {
  /** Of Adam. */
  readonly learningRate: number;
  /** Windows of an update. */
  readonly batchSize: number;
  /** Updates between two looks at the validation frames at least; more where a pass over the fitted frames takes more. */
  readonly leastRoundUpdates: number;
  /** Looks at most. */
  readonly maxRounds: number;
  /** Looks before which training does not end; default 1. */
  readonly leastRounds?: number;
  /** Ends after this many looks in a row that saw no better accuracy. */
  readonly patience: number;
}

export interface SupervisedTraining {
  readonly speech: LabelledSpeech;
  /** `frameNumbers` of the speech. */
  readonly table: FrameTable;
  /**
   * Rows to learn from, to stop by, and never to be heard; no row is two of them. In a recording, rows to stop by stand before
   * those never to be heard: to ask about them it is heard from its beginning.
   */
  readonly isFitted: (row: number) => boolean;
  readonly isValidation: (row: number) => boolean;
  readonly isHeldOut: (row: number) => boolean;
  readonly settings: SpeechSettings;
  /** Of the run whose model is trained here: encoder and context begin as its own did. */
  readonly seed: number;
  readonly engine: Engine;
  /** Draws the windows. */
  readonly random: Random;
  readonly limits: SupervisedLimits;
}

export interface SupervisedUpdate {
  readonly type: 'update';
  /** Updates made. */
  readonly updates: number;
  /** The limit. */
  readonly ofUpdates: number;
  readonly lossNats: number;
  /** Share of the validation frames that were right at the last look; absent before the first. */
  readonly validationAccuracy?: number;
}

/** The last event. */
export interface SupervisedEnd {
  readonly type: 'trained';
  /** Of the look with the best validation accuracy, the earliest of equals. */
  readonly parameters: Tree<HostArray>;
  readonly validationAccuracy: number;
  /** The look that they come from, counted from 1. */
  readonly bestRound: number;
  /** Looks made. */
  readonly rounds: number;
}

/**
 * Trains by Adam on windows drawn at random, and looks at the validation frames after every round.
 *
 * @returns every update, then the parameters; whoever stops reading ends the training.
 * @throws {CpcError} if the loss stops being finite.
 */
export async function* trainSupervised(
  training: SupervisedTraining,
): AsyncGenerator<SupervisedUpdate | SupervisedEnd, void, undefined> {
  const { speech, table, isFitted, isHeldOut, isValidation, settings, seed, engine, limits } = training;
  const hopSamples = encoderHop(settings.layers);
  const windowFrames = Math.floor(settings.windowSamples / hopSamples);
  const sampler = createSpanSampler(speech.corpus, {
    ...{ spans: labelledSpans(table, isFitted, isHeldOut), windowFrames, hopSamples },
    ...{ batchSize: limits.batchSize, inputScaling: settings.inputScaling },
  });
  const perPass = Math.ceil(sampler.passFrames / (limits.batchSize * windowFrames));
  const step = await createLossStep({
    ...{ engine, optimiser: adam({ learningRate: limits.learningRate }) },
    parameters: initialiseSupervised(settings, { classes: speech.classes, seed }),
    batch: {
      waveform: { shape: [limits.batchSize, windowFrames * hopSamples], dtype: 'float32' },
      labels: { shape: [limits.batchSize, windowFrames], dtype: 'int32' },
    },
    loss: (parameters, batch) => supervisedLoss(settings, parameters, batch),
  });
  const validation = selectRows(table, isValidation);
  const read = (recording: number, frames: number) => speech.corpus.read(recording, 0, frames * hopSamples); // no further
  const accuracyNow = async () => {
    const predicted = await classifyFrames({ read, table: validation, settings, parameters: step.current(), engine });
    return accuracy(predicted, validation.labels);
  };
  try {
    yield* trainRounds(training, { step, sampler, accuracyNow, perRound: Math.max(limits.leastRoundUpdates, perPass) });
  } finally {
    await step.dispose();
  }
}

interface Means {
  readonly step: LossStep;
  readonly sampler: SpanSampler;
  readonly accuracyNow: () => Promise<number>;
  readonly perRound: number;
}

/** Round after round; keeps the parameters of the best. */
async function* trainRounds(
  { random, limits }: SupervisedTraining,
  { step, sampler, accuracyNow, perRound }: Means,
): AsyncGenerator<SupervisedUpdate | SupervisedEnd, void, undefined> {
  let best = { bestRound: 0, validationAccuracy: Number.NEGATIVE_INFINITY, parameters: step.current() };
  let latest: Pick<SupervisedUpdate, 'validationAccuracy'> = {};
  let rounds = 0;
  const { leastRounds = 1, maxRounds, patience } = limits;
  while (rounds < maxRounds && (rounds < leastRounds || rounds - best.bestRound < patience)) {
    for (let updates = rounds * perRound + 1; updates <= (rounds + 1) * perRound; updates++) {
      const lossNats = await step.run({ ...(await sampler.draw(random.fold('windows', updates))) }, updates);
      yield { type: 'update', updates, ofUpdates: maxRounds * perRound, lossNats, ...latest };
    }
    rounds += 1;
    latest = { validationAccuracy: await accuracyNow() };
    const { validationAccuracy = 0 } = latest;
    if (validationAccuracy > best.validationAccuracy)
      best = { bestRound: rounds, validationAccuracy, parameters: step.current() };
  }
  yield { type: 'trained', ...best, rounds };
}
