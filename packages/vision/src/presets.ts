/**
 * Named settings of an experiment on pictures, every one with its source.
 */
import type { PatchGrid } from './geometry.js';

/** Residual networks by their usual depth; 26 is two bottleneck blocks in every stack. */
export const encoderDepths = [18, 26, 34, 50, 101] as const;
export type EncoderDepth = (typeof encoderDepths)[number];

/**
 * What a network without normalisation starts from: `fixup` (Zhang et al., 2019), `skip-init` (De & Smith, 2020), or `scaled-he`:
 * He's, the last layer of every branch divided by the root of the number of branches.
 */
export const initialisations = ['fixup', 'skip-init', 'scaled-he'] as const;
export type Initialisation = (typeof initialisations)[number];

/** Before every activation: nothing, all of a patch's positions and channels together, or groups of 16 channels. None mixes patches. */
export const normalisations = ['none', 'layer', 'group'] as const;
export type Normalisation = (typeof normalisations)[number];

/** What enters first: the paper's 7 x 7 with stride 2 and a 3 x 3 maximum with stride 2, or a 3 x 3 with stride 2 or 1 for small patches. */
export const stems = ['7x7-pool', '3x3-stride-2', '3x3'] as const;
export type Stem = (typeof stems)[number];

/** Masked convolutions over rows above, or a convolutional GRU that goes down the rows. */
export const contextKinds = ['masked-convolutions', 'row-gru'] as const;
export type ContextKind = (typeof contextKinds)[number];

/** Grey; colour; or colour, of which half of the patches of training keep one channel, drawn anew, and have 0 for the two others. */
export const colours = ['grey', 'rgb', 'rgb-dropping'] as const;
export type Colour = (typeof colours)[number];

/** Where an anchor's negatives come from: the whole batch, its own image, other images, or half and half of the last two. */
export const negativeSources = ['batch', 'own-image', 'other-images', 'own-and-other-images'] as const;
export type NegativeSource = (typeof negativeSources)[number];

/** Everything that decides what a training run computes, beside the pictures. */
export interface VisionSettings extends PatchGrid {
  /** Side to which pictures are brought before they are cropped; at least that of the grid. */
  readonly resizePixels: number;
  /** Side of what is kept of every patch; the rest around it is 0. At most that of a patch, which keeps all. */
  readonly subcropPixels: number;
  readonly colour: Colour;
  /** Mirror half of the pictures. */
  readonly flip: boolean;
  readonly depth: EncoderDepth;
  /** Channels of the first stack inside its blocks; doubled in every further stack. 64 is the usual network. */
  readonly width: number;
  readonly stem: Stem;
  readonly normalisation: Normalisation;
  readonly initialisation: Initialisation;
  /** A ReLU behind the last block, as He et al. (2016) end networks with activations before their layers: z is at least 0. */
  readonly finalRelu: boolean;
  /**
   * Factor on the pooled features that are z, > 0. Every update of Adam moves a score by up to its rate times the lengths of z and c
   * summed over their numbers: wide networks need a small one, or the first updates throw the scores apart.
   */
  readonly latentScale: number;
  readonly context: ContextKind;
  /** Size of c. */
  readonly contextUnits: number;
  /** Residual blocks of the masked convolutions; each sees one row further up and one column further to both sides. */
  readonly contextBlocks: number;
  /** Rows below that are predicted: the nearest … */
  readonly firstOffset: number;
  /** … to the furthest. */
  readonly lastOffset: number;
  /** Images of a batch. */
  readonly batchSize: number;
  readonly negatives: NegativeSource;
  /** Candidates that an anchor shares with its group. */
  readonly negativeCount: number;
  /** Factor on LeCun's deviation of the first predictors W_k, >= 0. */
  readonly predictorScale: number;
  readonly learningRate: number;
  /** Updates over which the rate falls to 0 along half a cosine; 0 keeps it. */
  readonly learningRateDecaySteps: number;
  /** Limit on the length of the gradient; 0 for none. */
  readonly clipNorm: number;
  /** The backward pass computes every residual block again instead of keeping what it made: less memory, more time, the same numbers. */
  readonly recomputeBlocks: boolean;
}

/** Section 3.2. What the paper does not state is marked as ours. */
export const paperPreset = {
  resizePixels: 300, //                 section 3.2
  patchPixels: 64, //                   section 3.2
  patchStride: 32, //                   section 3.2
  gridSize: 7, //                       section 3.2: of a 256 x 256 crop
  subcropPixels: 60, //                 section 3.2
  colour: 'grey', //                    section 3.2
  flip: true, //                        section 3.2
  depth: 101, //                        section 3.2
  width: 64, //                         section 3.2: ResNet v2 101, z of 1024
  stem: '7x7-pool', //                  section 3.2: as ResNet v2 has it
  normalisation: 'none', //             section 3.2: "we did not use Batch-Norm"
  initialisation: 'scaled-he', //       ours; the paper gives none
  finalRelu: false, //                  section 3.2: the outputs of the third stack as they are
  latentScale: 0.1, //                  ours; the paper says nothing of it
  context: 'masked-convolutions', //    section 3.2: PixelCNN style
  contextUnits: 256, //                 ours; the paper gives none
  contextBlocks: 5, //                  ours; the paper gives none
  firstOffset: 2, //                    ours: rows 1 apart share pixels; the paper does not say
  lastOffset: 5, //                     section 3.2: "up to five rows"
  batchSize: 16, //                     section 3.2, on each of 32 GPUs; we run on one machine
  negatives: 'batch', //                section 3.2: other patches of the image and of other images
  negativeCount: 784, //                ours: every patch of the batch
  predictorScale: 0.1, //               ours: the loss starts at ln M, not above it
  learningRate: 2e-4, //                section 3.2
  learningRateDecaySteps: 0, //         section 3.2: a rate, and no word of a schedule
  clipNorm: 0, //                       ours; the paper gives none
  recomputeBlocks: false, //            ours: what a batch of 16 images makes fits into memory
} satisfies VisionSettings;

/** The same geometry at less than a fifth of the size, for two cores. */
export const smallPreset = {
  ...paperPreset,
  resizePixels: 56, //                  ours: 300 x 3 / 16
  patchPixels: 12, //                   ours: 64 x 3 / 16
  patchStride: 6, //                    ours: 32 x 3 / 16
  subcropPixels: 11, //                 ours: 60 x 3 / 16
  colour: 'rgb-dropping', //            ours
  depth: 26, //                         ours
  width: 32, //                         ours: z of 512
  stem: '3x3-stride-2', //              ours: 12 x 12 pixels leave no room for more
  finalRelu: true, //                   ours
  contextUnits: 64, //                  ours
  contextBlocks: 2, //                  ours
  learningRate: 5e-4, //                ours
} satisfies VisionSettings;

export const visionPresets = { paper: paperPreset, small: smallPreset } as const;

export type VisionPresetName = keyof typeof visionPresets;
