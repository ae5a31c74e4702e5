/** What a classifier of images is: fitted to one vector per image. */
import type { Engine, HostArray, Random } from '@cpc/core';

export interface ImageTraining {
  /** `[N, F]`. */
  readonly features: HostArray;
  /** `[N]`. */
  readonly labels: Int32Array;
  /** C. */
  readonly classes: number;
  readonly engine: Engine;
  readonly random: Random;
  /** Of the paper's updates, above 0: for the classifier that is trained as the paper's. Default: a fiftieth. */
  readonly stepShare?: number;
}

export interface FittedImages {
  /** `[M, C]` of `[M, F]`: the higher, the likelier. */
  readonly scores: (features: HostArray) => Promise<HostArray>;
  /** Where one was chosen. */
  readonly inverseRegularisation?: number;
}

export type ImageClassifier = (training: ImageTraining) => Promise<FittedImages>;
