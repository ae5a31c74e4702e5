/**
 * Sentences to vectors: what a trained model is used for.
 *
 * Sentences are sorted by length and computed together with others of about theirs, so that little is computed on padding.
 *
 * Letters used for shapes here:
 *   N  sentences    D  size of z    W  words of a sentence at most
 */
import type { CompiledFunction } from '@cpc/compile';
import { CpcArgumentError, type Engine, flatten, float32Specs, type HostArray, type Tree, unflatten } from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import { padSentences } from './data/padded-sentences.js';
import type { Vocabulary } from './data/vocabulary.js';
import { splitWords } from './data/words.js';
import { encodeSentences } from './model.js';
import type { TextSettings } from './presets.js';

export interface SentenceEncoderOptions {
  readonly settings: Pick<TextSettings, 'maxWords' | 'channels'>;
  readonly parameters: Tree<HostArray>;
  readonly vocabulary: Vocabulary;
  readonly engine: Engine;
  /** Sentences that are computed together; default 64. */
  readonly batchSize?: number;
}

export interface SentenceEncoder {
  /**
   * @param sentences - any text each; words behind `maxWords` do not count, as in training.
   * @returns `[N, D]`, in the order given; the caller owns it. A sentence without a word is all zero.
   */
  readonly encode: (sentences: readonly string[]) => Promise<HostArray>;
  /** The same of sentences that are word numbers already. */
  readonly encodeNumbers: (sentences: readonly Int32Array[]) => Promise<HostArray>;
  readonly dispose: () => Promise<void>;
}

/** Lengths that a batch is padded to. */
const lengths = [8, 16, 32, 64, 128];

/**
 * Prepares to encode; a function for each length is made when it is first needed.
 *
 * @throws {CpcArgumentError} if the batch size is not a whole number of at least 1.
 *
 * @example
 * const encoder = createSentenceEncoder({ ...(await loadTextModel('run')), engine });
 * const vectors = await encoder.encode(['It rained.', 'Nobody came.']); // [2, 512]
 */
export function createSentenceEncoder({
  settings,
  parameters,
  vocabulary,
  engine,
  batchSize = 64,
}: SentenceEncoderOptions): SentenceEncoder {
  const { maxWords, channels } = settings;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new CpcArgumentError({
      where: 'createSentenceEncoder',
      argument: 'batchSize',
      expected: 'a whole number of at least 1',
      received: batchSize,
    });
  }
  const flat = encoderParameters(parameters);
  const prepared = new Map<number, Promise<CompiledFunction>>();
  const functionFor = (words: number) => {
    const made = prepared.get(words) ?? compileFor(words);
    prepared.set(words, made);
    return made;
  };
  const compileFor = (words: number) =>
    engine.compile(
      (inputs) => ({
        latents: encodeSentences(treeOf(inputs, flat), inputs.words as tf.Tensor2D, inputs.mask as tf.Tensor2D),
      }),
      {
        ...float32Specs(flat),
        words: { shape: [batchSize, words], dtype: 'int32' },
        mask: { shape: [batchSize, words], dtype: 'float32' },
      },
    );

  const encodeNumbers = async (sentences: readonly Int32Array[]): Promise<HostArray> => {
    const data = new Float32Array(sentences.length * channels);
    const order = [...sentences.keys()]
      .filter((index) => (sentences[index]?.length ?? 0) > 0)
      .sort((left, right) => (sentences[left]?.length ?? 0) - (sentences[right]?.length ?? 0));
    for (let first = 0; first < order.length; first += batchSize) {
      const batch = order.slice(first, first + batchSize);
      const own = batch.map((index) => sentences[index] ?? Int32Array.of(0));
      const longest = Math.min(maxWords, own.at(-1)?.length ?? 1);
      const words = Math.min(maxWords, lengths.find((length) => length >= longest) ?? maxWords);
      const filled = [...own, ...Array<Int32Array>(batchSize - own.length).fill(Int32Array.of(0))];
      const padded = padSentences(filled, words);
      const shape = [batchSize, words];
      const run = await functionFor(words);
      const outputs = await run.run({
        ...flat,
        words: { shape, data: padded.words },
        mask: { shape, data: padded.mask },
      });
      const latents = float32Of(outputs.latents); // [batch, D]
      for (const [row, index] of batch.entries())
        data.set(latents.subarray(row * channels, (row + 1) * channels), index * channels);
    }
    return { shape: [sentences.length, channels], data };
  };

  return {
    encodeNumbers,
    encode: (sentences) => encodeNumbers(sentences.map((text) => Int32Array.from(splitWords(text), vocabulary.idOf))),
    dispose: async () => {
      const made = await Promise.all(prepared.values());
      prepared.clear();
      await Promise.all(made.map((compiled) => compiled.dispose()));
    },
  };
}

/** Encoder alone: a context needs sentences before this one. */
function encoderParameters(parameters: Tree<HostArray>): Record<string, HostArray> {
  return Object.fromEntries(Object.entries(flatten(parameters)).filter(([path]) => path.startsWith('encoder/')));
}

function treeOf(
  inputs: Readonly<Record<string, tf.Tensor>>,
  flat: Readonly<Record<string, HostArray>>,
): Tree<tf.Tensor> {
  return unflatten(Object.fromEntries(Object.keys(flat).map((path) => [path, inputs[path] as tf.Tensor])));
}

function float32Of(tensor: { readonly data: unknown } | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new Error('the model gave no float32 vectors');
}
