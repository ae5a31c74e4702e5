/**
 * The text model: sentences as means over a convolution of their words, and a GRU over sentences.
 *
 * Letters used for shapes here:
 *   N  sentences    W  words of a sentence at most    V  words of the vocabulary    E  size of a word's vector
 *   B  examples     T  sentences of an example        D  size of z                  H  size of c
 *   R  rows of sentences that stand behind one another    K  sentences of a row     P  places of a row
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.3.
 */
import {
  type Conv1dParameters,
  conv1d,
  embedding,
  type HostArray,
  initialiseConv1d,
  initialiseEmbedding,
  initialiseGru,
  layerAt,
  type Random,
  type TensorTree,
  type Tree,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';
import { filteredConvolution, filteredWidth, mixedKernel, weightedSums } from './minimal-filtering.js';
import type { TextSettings } from './presets.js';

/** g_ar: latents [B, T, D] to contexts [B, T, H]. */
export { contextualiseByGru as contextualise } from '@cpc/core';

export type TextModel = Pick<
  TextSettings,
  'vocabularySize' | 'embeddingSize' | 'wordScale' | 'kernelWords' | 'channels' | 'contextUnits'
>;

/** @param vocabularySize - words that there are; may be fewer than the settings ask for. */
export function initialiseTextModel(
  { vocabularySize, embeddingSize, wordScale, kernelWords, channels, contextUnits }: TextModel,
  random: Random,
): Tree<HostArray> {
  const convolution = { kernelLength: kernelWords, inputs: embeddingSize, outputs: channels };
  return {
    encoder: {
      words: initialiseEmbedding({ rows: vocabularySize, size: embeddingSize, scale: wordScale }, random.fold('words')),
      convolution: initialiseConv1d(convolution, random.fold('convolution')),
    },
    context: { gru: initialiseGru({ inputs: channels, units: contextUnits }, random.fold('context')) },
  };
}

/**
 * g_enc: "1D-convolution + ReLU + mean-pooling" over a sentence's words, each seen with its neighbours.
 *
 * What is behind a sentence's end takes no part: those places are zero for the convolution, as the place before its first word
 * is, and are left out of the mean.
 *
 * @param words - `[N, W]` int32.
 * @param mask - `[N, W]` float32, 1 where a word stands, at least once in every row.
 * @returns `[N, D]`, all >= 0; the caller owns it.
 */
export function encodeSentences(parameters: TensorTree, words: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const { layer, seen } = seenWords(parameters, words, mask);
    const real = tf.reshape(mask, [...words.shape, 1]); // [N, W, 1]
    const total = tf.sum<tf.Tensor2D>(tf.mul(tf.relu(plainConvolution(layer, seen)), real), 1); // [N, D]
    return tf.div(total, tf.sum(real, 1));
  });
}

/**
 * The same to about 1e-5, faster where a convolution sees 3 words; the number of words is fixed once traced. For encoding here; an
 * exported file has the plain form.
 *
 * @param kernels - `mixedKernel` of the convolution's, where it was made before; made here if left out.
 */
export function encodeSentencesFast(
  parameters: TensorTree,
  words: tf.Tensor2D,
  mask: tf.Tensor2D,
  kernels?: tf.Tensor3D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const shares: tf.Tensor3D = tf.expandDims(tf.div(mask, tf.sum(mask, 1, true)), 1); // a sentence a row: [N, 1, W]
    return tf.squeeze<tf.Tensor2D>(encodePackedSentences(parameters, words, shares, kernels), [1]);
  });
}

/**
 * The same to about 1e-5 of sentences that share rows, as `packSentences` makes them: faster, since few places are without a word. For
 * training; row lengths are fixed once traced.
 *
 * @param words - `[R, P]` int32.
 * @param shares - `[R, K, P]` float32: what a place counts in the mean of a sentence. Places that count in none are zero for the
 *   convolution; between two sentences there must be as many as it sees beyond a word.
 * @param kernels - as above.
 * @returns `[R, K, D]`; the caller owns it.
 */
export function encodePackedSentences(
  parameters: TensorTree,
  words: tf.Tensor2D,
  shares: tf.Tensor3D,
  kernels?: tf.Tensor3D,
): tf.Tensor3D {
  return tf.tidy(() => {
    const isWord = tf.cast(tf.greater(tf.sum(shares, 1), 0), 'float32') as tf.Tensor2D; // [R, P]
    const { layer, seen } = seenWords(parameters, words, isWord);
    if (layer.kernel.shape[0] !== filteredWidth) return tf.matMul(shares, tf.relu(plainConvolution(layer, seen)));
    const convolved = filteredConvolution(seen, kernels ?? mixedKernel(layer.kernel as tf.Tensor3D)); // [4, R, P / 4, D]
    return weightedSums(tf.relu(tf.add<tf.Tensor4D>(convolved, layer.bias)), shares);
  });
}

/** `[N, W, E]` to `[N, W, D]`, with zeros before the first place and behind the last. */
function plainConvolution(layer: Conv1dParameters<tf.Tensor>, seen: tf.Tensor3D): tf.Tensor3D {
  const margin = wordsBeyond(layer.kernel.shape[0] ?? 1);
  return conv1d(layer, seen, { stride: 1, padBefore: margin, padAfter: margin });
}

/** How many words a convolution sees on either side of one. */
export function wordsBeyond(kernelWords: number): number {
  return Math.floor(kernelWords / 2);
}

function seenWords(parameters: TensorTree, words: tf.Tensor2D, mask: tf.Tensor2D) {
  const vectors = embedding(layerAt(parameters, 'encoder/words', ['table']), words); // [N, W, E]
  const seen = tf.mul<tf.Tensor3D>(vectors, tf.reshape(mask, [...words.shape, 1]));
  return { layer: layerAt(parameters, 'encoder/convolution', ['kernel', 'bias']), seen };
}
