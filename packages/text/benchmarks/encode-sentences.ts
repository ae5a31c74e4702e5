/** Sentences to vectors with a model as it would be after training, beside the same in PyTorch: what using a model costs. */
import { createRandom } from '@cpc/core';
import type { BenchmarkCase, CaseInput } from '@cpc/testing';
import {
  createSentenceEncoder,
  createVocabulary,
  initialiseTextModel,
  type TextSettings,
  unknownWord,
} from '@cpc/text';
import { novelLikeSentences } from './novel-like-text.js';
import { textSettings } from './text-input.js';

export interface SentencesInput extends CaseInput {
  readonly settings: TextSettings;
  readonly sentences: readonly Int32Array[];
}

const sentenceCount = 2048;

export const encodeSentences: BenchmarkCase<SentencesInput> = {
  name: 'text-encode',
  summary: `vectors of ${sentenceCount.toLocaleString('en')} sentences, given as word numbers`,
  timed: true,
  prepare: async ({ preset }) => {
    const settings = textSettings('bench text-encode', preset);
    const sentences = novelLikeSentences(sentenceCount, settings.vocabularySize);
    const parameters = initialiseTextModel(settings, createRandom(1));
    return { settings, sentences, parameters: { encoder: parameters.encoder ?? {} }, batches: [joined(sentences)] };
  },
  ours: ({ settings, sentences, parameters }, tools) =>
    tools.encoding('onnx', async (engine) => {
      const words = [unknownWord, ...Array.from({ length: settings.vocabularySize - 1 }, (_, index) => `w${index}`)];
      const encoder = createSentenceEncoder({ settings, parameters, engine, vocabulary: createVocabulary(words) });
      return {
        encode: async () => ({ vectors: (await encoder.encodeNumbers(sentences)).data }),
        dispose: encoder.dispose,
      };
    }),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/text/benchmarks/encode_sentences.py'),
};

/** For the twin: all words behind one another, and how many each sentence has. */
function joined(sentences: readonly Int32Array[]): Record<string, { shape: number[]; data: Int32Array }> {
  const words = Int32Array.from(sentences.flatMap((sentence) => [...sentence]));
  const lengths = Int32Array.from(sentences, ({ length }) => length);
  return { words: { shape: [words.length], data: words }, lengths: { shape: [lengths.length], data: lengths } };
}
