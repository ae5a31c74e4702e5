/** The model of a run on text: parameters, settings and vocabulary. */
import { CpcError } from '@cpc/core';
import {
  decodeModelFile,
  type ModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  requireParameterShapes,
} from '@cpc/core/node';
import { createVocabulary, type Vocabulary } from '../data/vocabulary.js';
import { textModelShapes } from '../model-shapes.js';
import type { TextSettings } from '../presets.js';
import { parseTextSettings } from '../settings.js';

export interface TextModelFile extends Pick<ModelFile, 'parameters' | 'seed' | 'warnings'> {
  /** `vocabularySize` is that of the vocabulary. */
  readonly settings: TextSettings;
  readonly vocabulary: Vocabulary;
}

const domain = 'text';

export function modelMetadata(settings: TextSettings, vocabulary: Vocabulary, seed: number): Record<string, string> {
  const added = { settings: JSON.stringify(settings), vocabulary: JSON.stringify(vocabulary.words) };
  return modelFileMetadata(domain, seed, added);
}

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export async function loadTextModel(run: string): Promise<TextModelFile> {
  const { bytes, path } = await readModelFile(run, domain);
  return decodeTextModel(bytes, path);
}

/**
 * The model in the bytes of a `model.safetensors`.
 *
 * @param path - named in the error.
 * @throws {CpcError} if it is damaged, or of another domain.
 */
export function decodeTextModel(bytes: Uint8Array, path: string): TextModelFile {
  const file = decodeModelFile(bytes, path, domain);
  const { parameters, seed, warnings } = file;
  const settings = parseTextSettings(metadataJson(file, 'settings', path), path);
  const vocabulary = vocabularyOf(metadataJson(file, 'vocabulary', path), path);
  const shapes = textModelShapes({ ...settings, vocabularySize: vocabulary.words.length });
  requireParameterShapes(file, shapes, { origin: 'its settings and vocabulary', where: path });
  return { settings, vocabulary, parameters, seed, warnings };
}

function vocabularyOf(words: unknown, where: string): Vocabulary {
  if (Array.isArray(words) && words.every((word): word is string => typeof word === 'string'))
    return createVocabulary(words);
  throw new CpcError({ where, expected: 'a list of words as vocabulary', received: typeof words });
}
