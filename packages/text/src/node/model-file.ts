/** `model.safetensors`: parameters, with what it takes to use them again in the file's metadata: settings and vocabulary. */
import { readFile } from 'node:fs/promises';
import { CpcError, decodeSafetensors, type HostArray } from '@cpc/core';
import { runPaths } from '@cpc/core/node';
import { createVocabulary, type Vocabulary } from '../data/vocabulary.js';
import { textModelShapes } from '../model-shapes.js';
import type { TextSettings } from '../presets.js';
import { parseTextSettings } from '../settings.js';

export interface TextModelFile {
  /** `vocabularySize` is that of the vocabulary. */
  readonly settings: TextSettings;
  readonly vocabulary: Vocabulary;
  /** By path, such as `encoder/convolution/kernel`. */
  readonly parameters: Readonly<Record<string, HostArray>>;
  readonly seed: number;
}

export function modelMetadata(settings: TextSettings, vocabulary: Vocabulary, seed: number): Record<string, string> {
  return {
    format: 'cpc-model',
    domain: 'text',
    settings: JSON.stringify(settings),
    vocabulary: JSON.stringify(vocabulary.words),
    seed: String(seed),
  };
}

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export async function loadTextModel(run: string): Promise<TextModelFile> {
  const path = runPaths(run).model;
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CpcError({
      where: path,
      expected: 'the model of a finished or interrupted run',
      received: 'no such file',
      fix: 'Give the folder that `cpc text train` wrote; a run that was killed writes its model when it is resumed.',
      cause,
    });
  });
  return decodeTextModel(bytes, path);
}

/**
 * The model in the bytes of a `model.safetensors`.
 *
 * @param path - named in the error.
 * @throws {CpcError} if it is damaged, or of another domain.
 */
export function decodeTextModel(bytes: Uint8Array, path: string): TextModelFile {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.domain !== 'text')
    throw new CpcError({ where: path, expected: 'a model of the domain text', received: metadata.domain ?? 'none' });
  const parameters = Object.entries(tensors).map(([name, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [name, { shape, data }];
    throw new CpcError({ where: path, expected: `float32 values in ${name}`, received: data.constructor.name });
  });
  const model = {
    settings: parseTextSettings(jsonOf(metadata, 'settings', path), path),
    vocabulary: vocabularyOf(jsonOf(metadata, 'vocabulary', path), path),
    parameters: Object.fromEntries(parameters),
    seed: Number(metadata.seed ?? 0),
  };
  if (!Number.isSafeInteger(model.seed))
    throw new CpcError({ where: path, expected: 'a whole number as seed', received: metadata.seed });
  refuseOtherShapes(model, path);
  return model;
}

function vocabularyOf(words: unknown, where: string): Vocabulary {
  if (Array.isArray(words) && words.every((word): word is string => typeof word === 'string'))
    return createVocabulary(words);
  throw new CpcError({ where, expected: 'a list of words as vocabulary', received: typeof words });
}

/** A model whose parameters are not those of its settings would fail only when it is used, or compute something else. */
function refuseOtherShapes({ settings, vocabulary, parameters }: TextModelFile, where: string): void {
  const shapes = textModelShapes({ ...settings, vocabularySize: vocabulary.words.length });
  for (const [name, expected] of Object.entries(shapes)) {
    const received = parameters[name]?.shape;
    if (received?.join() === expected.join()) continue;
    throw new CpcError({
      where,
      expected: `${name} of shape [${expected.join(', ')}], as its settings and vocabulary say`,
      received: received === undefined ? 'no such parameter' : received,
      fix: 'The file is damaged, or was put together from two models.',
    });
  }
}

function jsonOf(metadata: Readonly<Record<string, string>>, name: string, where: string): unknown {
  try {
    return JSON.parse(metadata[name] ?? '');
  } catch (cause) {
    throw new CpcError({
      where,
      expected: `the ${name} of the model in its metadata`,
      received: metadata[name] ?? 'none',
      cause,
    });
  }
}
