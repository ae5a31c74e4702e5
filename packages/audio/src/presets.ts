/**
 * Named settings of an experiment on speech, every one with its source.
 */
import type { NegativeOrigin } from '@cpc/core';
import { type EncoderLayer, paperLayers } from './model.js';

/**
 * Where a step's negatives come from. As in table 2: a batch has windows of mixed speakers or of the same one, and its
 * negatives may be of any window, of the others only ("excl."), or of the anchor's own only ("current sequence only").
 * Ours, the last: windows of mixed speakers, half the negatives of the anchor's own window and half of the others.
 */
export const negativeSources = [
  'mixed-speaker',
  'same-speaker',
  'mixed-speaker-excluding-own',
  'same-speaker-excluding-own',
  'own-sequence',
  'own-and-others',
] as const;

export type NegativeSource = (typeof negativeSources)[number];

/** The same in core's terms; whose windows stand in a batch is another matter. */
export const negativeOrigins: Readonly<Record<NegativeSource, NegativeOrigin>> = {
  'mixed-speaker': 'batch',
  'same-speaker': 'batch',
  'mixed-speaker-excluding-own': 'other-sequences',
  'same-speaker-excluding-own': 'other-sequences',
  'own-sequence': 'own-sequence',
  'own-and-others': 'own-and-other-sequences',
};

/** Everything that decides what a training run computes. */
export interface SpeechSettings {
  readonly layers: readonly EncoderLayer[];
  /** Channels of every encoder layer; the size of z. */
  readonly channels: number;
  /** GRU units; the size of c. */
  readonly contextUnits: number;
  /** Between convolution and ReLU. */
  readonly normalisation: 'none' | 'channel';
  /** Samples of one window at 16 kHz; a multiple of the hop. */
  readonly windowSamples: number;
  /** K: latents ahead that are predicted, 1 .. K. */
  readonly predictionSteps: number;
  readonly batchSize: number;
  readonly negatives: NegativeSource;
  /** Candidates that an anchor shares with its group. */
  readonly negativeCount: number;
  /** `unit-variance` scales every window to standard deviation 1; `none` leaves samples in [-1, 1). */
  readonly inputScaling: 'unit-variance' | 'none';
  /** How much faster or slower windows may be heard in training, 0 to 0.5: `data/speed-perturbation.ts`. */
  readonly speedPerturbation: number;
  /** Factor on LeCun's deviation of the first predictors W_k, >= 0; at 0 the loss starts at ln M exactly. */
  readonly predictorScale: number;
  readonly learningRate: number;
  /** Updates over which the rate falls to 0 along half a cosine; 0 keeps it. */
  readonly learningRateDecaySteps: number;
  /** Limit on the length of the gradient; 0 for none. */
  readonly clipNorm: number;
}

/** Section 3.1. What the paper does not state is marked as ours. */
export const paperPreset = {
  layers: paperLayers, //            section 3.1
  channels: 512, //                  section 3.1
  contextUnits: 256, //              section 3.1
  normalisation: 'none', //          ours; the paper gives none
  windowSamples: 20_480, //          1.28 s at 16 kHz; section 3.1
  predictionSteps: 12, //            section 3.1, table 2
  batchSize: 8, //                   section 3.1, on each of 8 GPUs; we run on one machine
  negatives: 'mixed-speaker', //     section 3.1: "negative samples from the minibatch"; table 2, first column
  negativeCount: 128, //             ours; the paper gives none
  inputScaling: 'none', //           ours; the paper gives none
  speedPerturbation: 0, //           ours; the paper has none
  predictorScale: 1, //              ours; the paper gives none
  learningRate: 2e-4, //             section 3.1
  learningRateDecaySteps: 0, //      section 3.1: a rate, and no word of a schedule
  clipNorm: 0, //                    ours; the paper gives none
} satisfies SpeechSettings;

/**
 * What two cores train in an hour: half the channels, inputs scaled. What the figures of the README were made with.
 * benchmarks/choices says what else was tried.
 */
export const smallPreset = {
  ...paperPreset,
  channels: 256, //                  ours: a quarter of the paper's work per step
  negatives: 'own-and-others', //    ours: half ask what changes within a window, half whose window it is
  negativeCount: 256, //             ours: every latent of the own window, as many of the others
  inputScaling: 'unit-variance', //  ours: recordings differ in level by more than 20 dB
  predictorScale: 0.1, //            ours: the loss starts at ln M, not above it
  learningRate: 1e-3, //             ours: the loss fell faster than at 3e-4 over the first 130 steps
  learningRateDecaySteps: 6500, //   ours: about 50 minutes on two cores
} satisfies SpeechSettings;

export const speechPresets = { paper: paperPreset, small: smallPreset } as const;

export type SpeechPresetName = keyof typeof speechPresets;
