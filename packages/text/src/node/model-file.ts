/** The model of a run on text: parameters, settings and vocabulary. */
import { CpcError } from '@cpc/core';
import { createModelKind, type ReadModel } from '@cpc/runs';
import { createVocabulary, type Vocabulary } from '../data/vocabulary.js';
import { textModelShapes } from '../model-shapes.js';
import type { TextSettings } from '../presets.js';
import { parseTextSettings } from '../settings.js';

export type TextModelFile = ReadModel<{
  /** `vocabularySize` is that of the vocabulary. */
  readonly settings: TextSettings;
  readonly vocabulary: Vocabulary;
}>;

/** How it is written and read; the vocabulary is written as its words. */
export const textModels = createModelKind({
  domain: 'text',
  contents: { settings: parseTextSettings, vocabulary: vocabularyOf },
  shapes: ({ settings, vocabulary }) => textModelShapes({ ...settings, vocabularySize: vocabulary.words.length }),
});

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export function loadTextModel(run: string): Promise<TextModelFile> {
  return textModels.load(run);
}

function vocabularyOf(words: unknown, where: string): Vocabulary {
  if (Array.isArray(words) && words.every((word): word is string => typeof word === 'string'))
    return createVocabulary(words);
  throw new CpcError({ where, expected: 'a list of words as vocabulary', received: typeof words });
}
