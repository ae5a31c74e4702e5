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
import { encodeSentencesFast } from './model.js';
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
export function createSentenceEncoder(options: SentenceEncoderOptions): SentenceEncoder {
  const { settings, vocabulary, batchSize = 64 } = options;
  requireBatchSize(batchSize);
  const flat = encoderParameters(options.parameters);
  const prepared = new Map<number, Promise<CompiledFunction>>();
  const functionFor = (words: number) => {
    const made = prepared.get(words) ?? compileEncoder(options.engine, flat, [batchSize, words]);
    prepared.set(words, made);
    return made;
  };
  const encodeNumbers = async (sentences: readonly Int32Array[]): Promise<HostArray> => {
    const { channels, maxWords } = settings;
    const data = new Float32Array(sentences.length * channels);
    for (const { rows, words } of batchesByLength(sentences, batchSize, maxWords)) {
      const own = rows.map((row) => sentences[row] ?? Int32Array.of(0));
      const filled = [...own, ...Array<Int32Array>(batchSize - own.length).fill(Int32Array.of(0))];
      const padded = padSentences(filled, words);
      const shape = [batchSize, words];
      const compiled = await functionFor(words);
      const batch = { words: { shape, data: padded.words }, mask: { shape, data: padded.mask } };
      const latents = float32Of((await compiled.run({ ...flat, ...batch })).latents); // [batch, D]
      for (const [place, row] of rows.entries())
        data.set(latents.subarray(place * channels, (place + 1) * channels), row * channels);
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

function requireBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1) return;
  throw new CpcArgumentError({
    where: 'createSentenceEncoder',
    argument: 'batchSize',
    expected: 'a whole number of at least 1',
    received: batchSize,
  });
}

/** @param shape - of a batch: sentences, and words of each. */
function compileEncoder(
  engine: Engine,
  flat: Readonly<Record<string, HostArray>>,
  shape: readonly number[],
): Promise<CompiledFunction> {
  return engine.compile(
    (inputs) => ({
      latents: encodeSentencesFast(treeOf(inputs, flat), inputs.words as tf.Tensor2D, inputs.mask as tf.Tensor2D),
    }),
    { ...float32Specs(flat), words: { shape, dtype: 'int32' }, mask: { shape, dtype: 'float32' } },
  );
}

/** Sentences that have a word, the shortest first, so many at a time; `words` is what all of a batch are padded to. */
function* batchesByLength(sentences: readonly Int32Array[], batchSize: number, maxWords: number) {
  const lengthOf = (row: number) => sentences[row]?.length ?? 0;
  const order = [...sentences.keys()]
    .filter((row) => lengthOf(row) > 0)
    .sort((left, right) => lengthOf(left) - lengthOf(right));
  for (let first = 0; first < order.length; first += batchSize) {
    const rows = order.slice(first, first + batchSize);
    const longest = Math.min(maxWords, lengthOf(rows.at(-1) ?? 0));
    yield { rows, words: Math.min(maxWords, lengths.find((length) => length >= longest) ?? maxWords) };
  }
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
