/** `model.safetensors`: parameters, with what it takes to use them again in the file's metadata. */
import { readFile } from 'node:fs/promises';
import { CpcError, decodeSafetensors, type HostArray } from '@cpc/core';
import { runPaths } from '@cpc/core/node';
import { speechModelShapes } from '../model-shapes.js';
import type { SpeechSettings } from '../presets.js';
import { parseSpeechSettings } from '../settings.js';

export interface SpeechModelFile {
  readonly settings: SpeechSettings;
  /** By path, such as `encoder/conv1/kernel`. */
  readonly parameters: Readonly<Record<string, HostArray>>;
  readonly seed: number;
}

export function modelMetadata(settings: SpeechSettings, seed: number): Record<string, string> {
  return { format: 'cpc-model', domain: 'audio', settings: JSON.stringify(settings), seed: String(seed) };
}

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export async function loadSpeechModel(run: string): Promise<SpeechModelFile> {
  const path = runPaths(run).model;
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CpcError({
      where: path,
      expected: 'the model of a finished or interrupted run',
      received: 'no such file',
      fix: 'Give the folder that `cpc audio train` wrote; a run that was killed writes its model when it is resumed.',
      cause,
    });
  });
  return decodeSpeechModel(bytes, path);
}

/**
 * The model in the bytes of a `model.safetensors`.
 *
 * @param path - named in the error.
 * @throws {CpcError} if it is damaged, or of another domain.
 */
export function decodeSpeechModel(bytes: Uint8Array, path: string): SpeechModelFile {
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.domain !== 'audio') {
    throw new CpcError({ where: path, expected: 'a model of the domain audio', received: metadata.domain ?? 'none' });
  }
  const parameters = Object.entries(tensors).map(([name, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [name, { shape, data }];
    throw new CpcError({ where: path, expected: `float32 values in ${name}`, received: data.constructor.name });
  });
  const model = {
    settings: parseSpeechSettings(parsedJson(metadata.settings, path), path),
    parameters: Object.fromEntries(parameters),
    seed: Number(metadata.seed ?? 0),
  };
  if (!Number.isSafeInteger(model.seed))
    throw new CpcError({ where: path, expected: 'a whole number as seed', received: metadata.seed });
  refuseOtherShapes(model, path);
  return model;
}

/** A model whose parameters are not those of its settings would fail only when it is used, or compute something else. */
function refuseOtherShapes({ settings, parameters }: SpeechModelFile, where: string): void {
  for (const [name, expected] of Object.entries(speechModelShapes(settings))) {
    const received = parameters[name]?.shape;
    if (received?.join() === expected.join()) continue;
    throw new CpcError({
      where,
      expected: `${name} of shape [${expected.join(', ')}], as its settings say`,
      received: received === undefined ? 'no such parameter' : received,
      fix: 'The file is damaged, or was put together from two models.',
    });
  }
}

function parsedJson(text: string | undefined, where: string): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch (cause) {
    throw new CpcError({
      where,
      expected: 'the settings of the model in its metadata',
      received: text ?? 'none',
      cause,
    });
  }
}
