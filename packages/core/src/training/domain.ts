/**
 * What a domain tells the training loop: how to draw a batch, encode it, sum up the past, and which futures to predict.
 *
 * Every domain is sequences of positions (docs/architecture.md): windows of speech, runs of sentences, columns of patches,
 * unrolls of an agent. The loss, the negatives, the optimiser and the loop are the same for all.
 *
 * Letters used for shapes here:
 *   S  sequences    T  positions    D  latent size    H  context size
 */

import type { Random } from '@cpc/base';
import type { NamedHostTensors, NamedSpecs } from '@cpc/compile';
import type * as tf from '@tensorflow/tfjs';
import type { NegativeSampler } from '../negatives.js';
import type { HostArray, Tree } from '../parameter-tree.js';

/** Something of the data that was found damaged while a batch was drawn, and left out of it. */
export interface DamagedInput {
  /** What it is called in errors, such as a path. */
  readonly path: string;
  /** In words, with the name. */
  readonly reason: string;
}

export interface DomainLayout {
  readonly sequences: number;
  readonly positions: number;
  readonly latentSize: number;
  readonly contextSize: number;
}

/** A matrix of the parameters of which a batch reads some rows. */
export interface DomainTable {
  /** The int32 input of the batch that holds the rows it reads. */
  readonly rows: string;
  /** How many different rows a batch reads at most; as many as that input has places if left out. */
  readonly atMost?: number;
  /** What every update of a row is multiplied by, > 0; default 1. Rows that few batches read move as far as others with more. */
  readonly rateFactor?: number;
}

export type TensorTree = Tree<tf.Tensor>;

/** Inputs of one step as tensors, by the names in `Domain.batch`. */
export type BatchTensors = Readonly<Record<string, tf.Tensor>>;

export interface Domain {
  /** Such as `audio`. */
  readonly name: string;
  readonly layout: DomainLayout;
  /** How far ahead each predicted step lies, such as 1 .. 12. */
  readonly offsets: readonly number[];
  /** Factor on the first deviation of every W_k, as in `initialisePredictors`; default 1. */
  readonly predictorScale?: number | undefined;
  readonly negatives: NegativeSampler;
  /** Parameters of encoder and context; the predictors are core's. */
  readonly initialise: (random: Random) => Tree<HostArray>;
  /**
   * Large tables by their path, such as `encoder/words/table`. In a training step the parameter then holds the rows of the batch
   * alone, as many as there is room for, and the batch's input counts among them: `embedding` works on either.
   */
  readonly tables?: Readonly<Record<string, DomainTable>> | undefined;
  /** Shape and type of everything that `draw` gives. */
  readonly batch: NamedSpecs;
  /**
   * Smaller shapes of the same, such as those of shorter text: a batch may come in any of them. A step is prepared for each when a batch
   * first does, and then takes as long as that size needs.
   */
  readonly smallerBatches?: readonly NamedSpecs[] | undefined;
  /** One batch, new and owned by the caller. All randomness comes from `random`; the same stream gives the same batch. */
  readonly draw: (random: Random) => Promise<NamedHostTensors>;
  /** What draws had to leave out so far, in the order found, each once; left out where there is no such thing. */
  readonly damaged?: (() => readonly DamagedInput[]) | undefined;
  /** g_enc: `[S, T, D]`. */
  readonly encode: (parameters: TensorTree, batch: BatchTensors) => tf.Tensor3D;
  /** g_ar: `[S, T, H]`; position t sees positions up to t only. */
  readonly contextualise: (parameters: TensorTree, latents: tf.Tensor3D, batch: BatchTensors) => tf.Tensor3D;
  /** `[S, T - offset]`, 0 where position t has no future `offset` ahead; all count if left out. */
  readonly weights?: ((batch: BatchTensors, offset: number) => tf.Tensor2D) | undefined;
}
