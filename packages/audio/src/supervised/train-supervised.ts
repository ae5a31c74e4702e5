/**
 * Trains the supervised network on some rows of a table and stops by others of the training side. Held-out rows are given only to
 * be left out of what is heard.
 */

import { adam, createLossStep, type Engine, type Random } from '@cpc/core';
import { accuracy, type BestRound, type RoundLimits, type RoundUpdate, trainRounds } from '@cpc/probes';
import { encoderHop } from '../model.js';
import type { SpeechSettings } from '../presets.js';
import { type FrameTable, selectRows } from '../probes/frame-table.js';
import type { LabelledSpeech } from './labelled-frames.js';
import { labelledSpans } from './labelled-spans.js';
import { createSpanSampler } from './span-sampler.js';
import { classifyFrames, initialiseSupervised, supervisedLoss } from './supervised-network.js';

/** How long and how fast; a round ends with an evaluation on the validation frames. */
export interface SupervisedLimits extends RoundLimits {
  /** Of Adam. */
  readonly learningRate: number;
  /** Windows of an update. */
  readonly batchSize: number;
  /** Updates of a round at least; more where a pass over the fitted frames takes more. */
  readonly leastRoundUpdates: number;
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

export interface SupervisedUpdate extends RoundUpdate {
  readonly type: 'update';
}

/** The last event. */
export interface SupervisedEnd extends BestRound {
  readonly type: 'trained';
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
    spans: labelledSpans(table, isFitted, isHeldOut),
    windowFrames,
    hopSamples,
    batchSize: limits.batchSize,
    inputScaling: settings.inputScaling,
  });
  const perPass = Math.ceil(sampler.passFrames / (limits.batchSize * windowFrames));
  const step = await createLossStep({
    engine,
    optimiser: adam({ learningRate: limits.learningRate }),
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
    const draw = async (update: number) => ({ ...(await sampler.draw(training.random.fold('windows', update))) });
    const perRound = Math.max(limits.leastRoundUpdates, perPass);
    const rounds = trainRounds({ step, draw, accuracyNow, perRound, limits });
    for (;;) {
      const { value, done } = await rounds.next();
      yield done === true ? { type: 'trained', ...value } : { type: 'update', ...value };
      if (done === true) return;
    }
  } finally {
    await step.dispose();
  }
}
