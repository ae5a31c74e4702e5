/**
 * From latents and contexts to the loss: predict, line up, score, compare. Equation 4 for every step k, then the mean over k.
 *
 * Letters used for shapes here:
 *   S  sequences     T  positions         D  latent size    H  context size
 *   o  offset        A  anchors = S (T - o), or every n-th of them
 *   G  groups        M  candidates per group                K  predicted steps
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 2.3.
 */

import { CpcArgumentError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { excludedScore, infoNcePerAnchor } from './info-nce.js';
import { type PredictorParameters, predict } from './predictors.js';

export interface ContrastiveInputs {
  /** `[S, T, D]` float32: z. */
  readonly latents: tf.Tensor3D;
  /** `[S, T, H]` float32: c. Position t may depend on observations up to t only. */
  readonly contexts: tf.Tensor3D;
  readonly predictors: PredictorParameters<tf.Tensor>;
  /** How far ahead each predicted step lies, such as 1 .. 12; each in 1 .. T - 1, none twice. */
  readonly offsets: readonly number[];
  /** `[G, M]` int32 rows of the flattened latents; G divides S. See `negatives.ts`. */
  readonly candidates: tf.Tensor2D;
  /**
   * Only every so many-th position is an anchor: 0, n, 2 n, …; a whole number of at least 1, default 1. All latents remain futures and
   * negatives. For sequences whose neighbouring positions say much the same: the work falls in proportion.
   */
  readonly anchorEvery?: number | undefined;
  /**
   * Which anchors count: `[S, T - offset]` float32, 0 where the future is not there (a text's or an episode's end).
   * All count if left out.
   */
  readonly weights?: ((offset: number) => tf.Tensor2D) | undefined;
}

export interface ContrastiveOutputs {
  /** `[]`: mean over the predicted steps, in nats. */
  readonly loss: tf.Scalar;
  /** `[K]`: loss of each predicted step, in nats. */
  readonly lossPerStep: tf.Tensor1D;
  /** `[K]`: how often the positive scores above all negatives, 0 .. 1; a tie counts as a miss. */
  readonly accuracyPerStep: tf.Tensor1D;
  /**
   * `[K]`: mean of ln(size of the line-up) - loss, in nats. A lower bound on I(x_{t+k}; c_t) if the negatives come from p(x), as
   * those of the whole batch do. Negatives of the anchor's own sequence come from p(x | sequence): the figure then bounds
   * I(x_{t+k}; c_t | sequence), which leaves out what all positions of a sequence share, such as the speaker.
   */
  readonly boundPerStep: tf.Tensor1D;
}

/**
 * The contrastive loss and what it says of every predicted step.
 *
 * @returns four tensors that the caller owns.
 * @throws {CpcArgumentError} if shapes do not fit, an offset is doubled or not within the sequence, or G does not divide S.
 */
export function contrastiveLoss(inputs: ContrastiveInputs): ContrastiveOutputs {
  const sizes = checkedSizes(inputs);
  return tf.tidy(() => {
    const rows = tf.reshape(inputs.latents, [sizes.sequences * sizes.positions, sizes.latentSize]); // [S T, D]
    const chosen = tf.gather(rows, tf.reshape(inputs.candidates, [-1])); // [G M, D]
    const candidates = tf.reshape<tf.Rank.R3>(chosen, [sizes.groups, sizes.candidates, sizes.latentSize]); // [G, M, D]
    const parts = partsBetweenAnchors(inputs, sizes);
    const steps = inputs.offsets.map((offset) => predictedStep(inputs, sizes, { ...parts, candidates }, offset));
    const lossPerStep = tf.stack(steps.map((step) => step.loss)) as tf.Tensor1D; // [K]
    return {
      loss: tf.mean<tf.Scalar>(lossPerStep),
      lossPerStep,
      accuracyPerStep: tf.stack(steps.map((step) => step.accuracy)) as tf.Tensor1D,
      boundPerStep: tf.stack(steps.map((step) => step.bound)) as tf.Tensor1D,
    };
  });
}

interface Sizes {
  /** From one anchor to the next. */
  readonly every: number;
  readonly sequences: number;
  readonly positions: number;
  readonly latentSize: number;
  readonly contextSize: number;
  readonly groups: number;
  readonly candidates: number;
}

/** Latents and contexts, taken apart once for all predicted steps. */
interface Parts {
  /** Of all positions at which anchors stand: `[S, P, H]`. */
  readonly contexts: tf.Tensor3D;
  /** By the first of them: every n-th position from there, `[S, P, D]`. */
  readonly latents: ReadonlyMap<number, tf.Tensor3D>;
}

function partsBetweenAnchors({ latents, contexts, offsets }: ContrastiveInputs, { positions, every }: Sizes): Parts {
  const from = (values: tf.Tensor3D, first: number) =>
    everyNth(values, first, Math.ceil((positions - first) / every), every);
  const firsts = [...new Set(offsets.map((offset) => offset % every))];
  return {
    contexts: from(contexts, 0),
    latents: new Map(firsts.map((first): [number, tf.Tensor3D] => [first, from(latents, first)])),
  };
}

function predictedStep(
  inputs: ContrastiveInputs,
  sizes: Sizes,
  parts: Parts & { readonly candidates: tf.Tensor3D },
  offset: number,
) {
  const { sequences, latentSize, contextSize, groups, every } = sizes;
  const { candidates } = parts;
  const length = anchorsPerSequence(sizes, offset);
  const anchors = sequences * length;
  const first = offset % every;
  const futures = parts.latents.get(first) ?? inputs.latents;
  const contexts = tf.reshape(tf.slice(parts.contexts, [0, 0, 0], [-1, length, -1]), [anchors, contextSize]); // [A, H]
  const positives = tf.reshape(tf.slice(futures, [0, (offset - first) / every, 0], [-1, length, -1]), [
    anchors,
    latentSize,
  ]); // [A, D]
  const predictions = predict(inputs.predictors, contexts as tf.Tensor2D, offset); // [A, D]

  const positiveScores = tf.sum(tf.mul(predictions, positives), 1, true); // [A, 1]
  const grouped = tf.reshape(predictions, [groups, anchors / groups, latentSize]); // [G, A/G, D]
  const candidateScores = tf.reshape(tf.matMul(grouped, candidates, false, true), [anchors, sizes.candidates]); // [A, M]
  const isPositive = tf.cast(ownPositives(inputs.candidates, sizes, offset), 'float32'); // [A, M], 1 or 0
  const negativeScores = tf.add(candidateScores, tf.mul(isPositive, excludedScore)); // [A, M]
  const scores = tf.concat([positiveScores, negativeScores], 1); // [A, 1 + M]

  const losses = infoNcePerAnchor(scores as tf.Tensor2D); // [A]
  const hits = tf.cast(tf.greater(tf.reshape(positiveScores, [-1]), tf.max(negativeScores, 1)), 'float32'); // [A]
  const lineUp = tf.sub(sizes.candidates + 1, tf.sum(isPositive, 1)); // [A]
  const average = weightedMean(inputs.weights?.(offset), sizes, length);
  return { loss: average(losses), accuracy: average(hits), bound: average(tf.sub(tf.log(lineUp), losses)) };
}

/** Where a candidate is the very latent that the anchor has to pick: [A, M] bool. */
function ownPositives(candidates: tf.Tensor2D, sizes: Sizes, offset: number): tf.Tensor {
  const { sequences, positions, groups, every } = sizes;
  const length = anchorsPerSequence(sizes, offset);
  const positiveRows = new Int32Array(sequences * length);
  for (let anchor = 0; anchor < positiveRows.length; anchor++) {
    positiveRows[anchor] = Math.floor(anchor / length) * positions + (anchor % length) * every + offset;
  }
  const own = tf.tensor3d(positiveRows, [groups, positiveRows.length / groups, 1], 'int32'); // [G, A/G, 1]
  const same = tf.equal(own, tf.expandDims(candidates, 1)); // [G, A/G, M]
  return tf.reshape(same, [positiveRows.length, sizes.candidates]);
}

function anchorsPerSequence({ positions, every }: Sizes, offset: number): number {
  return Math.ceil((positions - offset) / every);
}

/** Positions start, start + every, …, so many of them: `[S, T, n]` to `[S, count, n]`. */
function everyNth(values: tf.Tensor3D, start: number, count: number, every: number): tf.Tensor3D {
  if (every === 1) return tf.slice(values, [0, start, 0], [-1, count, -1]);
  const [sequences, positions, size] = values.shape;
  const present = Math.min(count * every, positions - start);
  const read = tf.slice(values, [0, start, 0], [-1, present, -1]);
  const whole = tf.pad(read, [
    [0, 0],
    [0, count * every - present],
    [0, 0],
  ]); // behind the last that is taken
  const groups = tf.reshape(whole, [sequences, count, every, size]);
  return tf.reshape(tf.slice(groups, [0, 0, 0, 0], [-1, -1, 1, -1]), [sequences, count, size]);
}

/** Mean over the anchors that count; 0 if none does. */
function weightedMean(
  weights: tf.Tensor2D | undefined,
  { sequences, every }: Sizes,
  length: number,
): (values: tf.Tensor) => tf.Scalar {
  if (weights === undefined) return (values) => tf.mean<tf.Scalar>(values);
  const ofAnchors = everyNth(tf.expandDims(weights, 2) as tf.Tensor3D, 0, length, every); // [S, length, 1]
  const flat = tf.reshape(ofAnchors, [sequences * length]);
  const total = tf.maximum(tf.sum(flat), 1e-12);
  return (values) => tf.div<tf.Scalar>(tf.sum(tf.mul(values, flat)), total);
}

function checkedSizes({ latents, contexts, offsets, candidates, anchorEvery = 1 }: ContrastiveInputs): Sizes {
  const [sequences, positions, latentSize] = latents.shape;
  const [groups, count] = candidates.shape;
  requireThat(contexts.rank === 3 && contexts.shape[0] === sequences && contexts.shape[1] === positions, {
    argument: 'contexts',
    expected: `contexts of shape [${sequences}, ${positions}, H], as many as latents`,
    received: contexts.shape,
  });
  requireThat(
    offsets.length > 0 &&
      new Set(offsets).size === offsets.length &&
      offsets.every((offset) => Number.isInteger(offset) && offset >= 1 && offset < positions),
    {
      argument: 'offsets',
      expected: `at least one offset and none twice, each a whole number from 1 to ${positions - 1} (there are ${positions} positions)`,
      received: offsets,
    },
  );
  requireThat(groups > 0 && sequences % groups === 0, {
    argument: 'candidates',
    expected: `candidates of shape [G, M] with G a divisor of the ${sequences} sequences`,
    received: candidates.shape,
  });
  requireThat(Number.isInteger(anchorEvery) && anchorEvery >= 1, {
    argument: 'anchorEvery',
    expected: 'a whole number of at least 1',
    received: anchorEvery,
  });
  const contextSize = contexts.shape[2];
  return { every: anchorEvery, sequences, positions, latentSize, contextSize, groups, candidates: count };
}

function requireThat(holds: boolean, parts: { argument: string; expected: string; received: unknown }): void {
  if (!holds) throw new CpcArgumentError({ where: 'contrastiveLoss', ...parts });
}
