/** A trained text model as ONNX files that take any number of sentences of any length. */
import { exportOnnx } from '@cpc/compile';
import { constantTensors, type HostArray, type Tree } from '@cpc/core';
import type * as tf from '@tensorflow/tfjs';
import { splittingRules } from './data/splitting-rules.js';
import type { Vocabulary } from './data/vocabulary.js';
import { contextualise, encodeSentences } from './model.js';
import type { TextSettings } from './presets.js';

export interface TextModelParts {
  readonly settings: Pick<TextSettings, 'channels' | 'contextUnits' | 'maxWords'>;
  readonly vocabulary: Vocabulary;
  /** As a loaded run has them; predictors are not exported. */
  readonly parameters: Tree<HostArray>;
}

/**
 * `words [batch, length] int32, mask [batch, length] -> latents [batch, D]`. The file's metadata hold the vocabulary, a JSON list
 * by number, how strings become numbers in words, and the rules for it as a JSON list.
 */
export function exportEncoder(parts: TextModelParts): Uint8Array {
  return exportOnnx(
    ({ words, mask }) => ({
      latents: encodeSentences(
        constantTensors(parts.parameters, 'encoder/'),
        words as tf.Tensor2D,
        mask as tf.Tensor2D,
      ),
    }),
    { words: { shape: ['batch', 'length'], dtype: 'int32' }, mask: { shape: ['batch', 'length'], dtype: 'float32' } },
    {
      name: 'cpc-text-encoder',
      axes: { batch: { example: 2 }, length: { example: 9 } },
      metadata: {
        vocabulary: JSON.stringify(parts.vocabulary.words),
        maxWords: String(parts.settings.maxWords),
        splitting,
        splittingRules: JSON.stringify(splittingRules),
      },
    },
  );
}

/** `latents [batch, sentences, D], state [batch, H] -> contexts [batch, sentences, H]`. */
export function exportContext(parts: TextModelParts): Uint8Array {
  const { channels, contextUnits } = parts.settings;
  return exportOnnx(
    ({ latents, state }) => ({
      contexts: contextualise(
        constantTensors(parts.parameters, 'context/'),
        latents as tf.Tensor3D,
        state as tf.Tensor2D,
      ),
    }),
    {
      latents: { shape: ['batch', 'sentences', channels], dtype: 'float32' },
      state: { shape: ['batch', contextUnits], dtype: 'float32' },
    },
    { name: 'cpc-text-context', axes: { batch: { example: 2 }, sentences: { example: 6 } }, metadata: {} },
  );
}

/** Of a string to the inputs, in words; the rules themselves stand beside it. */
const splitting = [
  'Compose the text (Unicode NFC). Apply splittingRules in their order: each is a regular expression in Unicode mode and what replaces all of its matches, $1 being its first group.',
  'Split at spaces; write the words in lower case.',
  'A word is its place in the vocabulary, 0 if it is not there; keep the first maxWords.',
  'mask is 1 where a word stands and 0 behind the end; every sentence needs one word at least.',
].join(' ');
