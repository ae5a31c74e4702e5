/** `model.safetensors`: parameters, with what it takes to use them again in the file's metadata. */
import { readFile } from 'node:fs/promises';
import { CpcError, decodeSafetensors, type HostArray } from '@cpc/core';
import { runPaths } from '@cpc/core/node';
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
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata.domain !== 'audio') {
    throw new CpcError({ where: path, expected: 'a model of the domain audio', received: metadata.domain ?? 'none' });
  }
  const parameters = Object.entries(tensors).map(([name, { shape, data }]): [string, HostArray] => {
    if (data instanceof Float32Array) return [name, { shape, data }];
    throw new CpcError({ where: path, expected: `float32 values in ${name}`, received: data.constructor.name });
  });
  return {
    settings: parseSpeechSettings(parsedJson(metadata.settings, path), path),
    parameters: Object.fromEntries(parameters),
    seed: Number(metadata.seed ?? 0),
  };
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
