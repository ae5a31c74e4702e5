/**
 * Named settings of an agent's training, every one with its source.
 */

/** Everything that decides what a training run computes, beside the environment. */
export interface RlSettings {
  /** B: copies of the environment that are stepped together. */
  readonly copies: number;
  /** T: agent steps of an unroll, which is one update. */
  readonly unrollSteps: number;
  /** Channels of the two convolutions; for pictures. */
  readonly convolutionChannels: readonly [first: number, second: number];
  /** Units behind the convolutions, or of the one layer over vectors; the size of z. */
  readonly encoderUnits: number;
  /** LSTM units; the size of c. */
  readonly contextUnits: number;
  /** False: the LSTM forgets after every step; for comparison. */
  readonly memory: boolean;
  /** By agent step, from 0 to 1. */
  readonly discount: number;
  /** Rewards are cut off at this size, on both sides, for learning; 0 leaves them as they are. */
  readonly rewardLimit: number;
  readonly baselineCost: number;
  readonly entropyCost: number;
  /** Whether losses are added up over batch and time, or averaged. */
  readonly lossReduction: 'sum' | 'mean';
  /** Whether the contrastive task is learned beside. */
  readonly contrastive: boolean;
  /** Of the mean InfoNCE beside the mean actor-critic loss. */
  readonly contrastiveWeight: number;
  /** K: steps ahead that are predicted, 1 .. K. */
  readonly predictionSteps: number;
  /** Candidates that all anchors of an update share. */
  readonly negativeCount: number;
  /** Only every so many-th agent step predicts, which costs so many times less; all steps can be predicted. */
  readonly anchorEvery: number;
  /** Factor on LeCun's deviation of the first predictors W_k, >= 0. */
  readonly predictorScale: number;
  readonly learningRate: number;
  /** Updates over which the rate falls to 0 in a straight line; 0 keeps it. */
  readonly learningRateDecaySteps: number;
  readonly rmspropDecay: number;
  readonly rmspropMomentum: number;
  /** Added to the mean square within the root, as TensorFlow does. */
  readonly rmspropEpsilon: number;
  /** Limit on the length of the gradient; 0 for none. */
  readonly clipNorm: number;
}

/**
 * Section 3.4, and IMPALA (arXiv:1802.01561), which it follows. Entropy cost, rate and epsilon are drawn by a random search there:
 * `cpc rl sweep`; those here are near the middle of its ranges.
 */
export const paperPreset = {
  copies: 32, //                  IMPALA: batch size
  unrollSteps: 100, //            section 3.4
  convolutionChannels: [16, 32], // IMPALA, figure 3, left
  encoderUnits: 256, //           the same
  contextUnits: 256, //           the same
  memory: true,
  discount: 0.99, //              IMPALA
  rewardLimit: 1, //              IMPALA: "[-1, 1]"
  baselineCost: 0.5, //           IMPALA
  entropyCost: 1e-3, //           searched in [5e-5, 1e-2]
  lossReduction: 'sum', //        IMPALA
  contrastive: true, //           section 3.4
  contrastiveWeight: 1, //        ours; the paper gives none
  predictionSteps: 30, //         section 3.4: "up to 30 steps in the future"
  negativeCount: 128, //          ours; the paper gives none
  anchorEvery: 4, //              ours: neighbouring steps see much the same; the paper does not say
  predictorScale: 0.1, //         ours: the loss starts at ln M, not above it
  learningRate: 2e-4, //          searched in [5e-6, 5e-3]
  learningRateDecaySteps: 0, //   ours; IMPALA lets it fall to 0 over the whole run
  rmspropDecay: 0.99, //          IMPALA
  rmspropMomentum: 0, //          IMPALA
  rmspropEpsilon: 0.1, //         searched in 1e-1, 1e-3, 1e-5, 1e-7
  clipNorm: 0, //                 ours; the paper gives none
} satisfies RlSettings;

/**
 * What two cores train in a quarter of an hour, 5 million frames: five times as many updates of as many frames as with unrolls of 100
 * steps, at a rate and an epsilon that let every update count. Chosen on `seekavoid_arena`.
 */
export const smallPreset = {
  ...paperPreset,
  copies: 16, //             ours
  unrollSteps: 20, //        ours: more updates of the same frames
  predictionSteps: 15, //    ours: within the unroll
  entropyCost: 1e-2, //      the upper end of the paper's range
  learningRate: 7e-4, //     ours, within its range
  rmspropEpsilon: 1e-5, //   ours, within its range
  clipNorm: 40, //           ours, as in IMPALA's code
  contrastiveWeight: 0.01, // ours: at 0.1 its gradient is several times as long as that of the actor-critic loss, and nothing else is learnt
  predictorScale: 1, //      ours: so small a weight needs a start that is not near 0
} satisfies RlSettings;

export const rlPresets = { paper: paperPreset, small: smallPreset } as const;

export type RlPresetName = keyof typeof rlPresets;
