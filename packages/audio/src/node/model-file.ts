/** The model of a run on speech: parameters and settings. */
import {
  decodeModelFile,
  type ModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  requireParameterShapes,
} from '@cpc/core/node';
import { speechModelShapes } from '../model-shapes.js';
import type { SpeechSettings } from '../presets.js';
import { parseSpeechSettings } from '../settings.js';

export interface SpeechModelFile extends Pick<ModelFile, 'parameters' | 'seed' | 'warnings'> {
  readonly settings: SpeechSettings;
}

const domain = 'audio';

export function modelMetadata(settings: SpeechSettings, seed: number): Record<string, string> {
  return modelFileMetadata(domain, seed, { settings: JSON.stringify(settings) });
}

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export async function loadSpeechModel(run: string): Promise<SpeechModelFile> {
  const { bytes, path } = await readModelFile(run, domain);
  return decodeSpeechModel(bytes, path);
}

/**
 * The model in the bytes of a `model.safetensors`.
 *
 * @param path - named in the error.
 * @throws {CpcError} if it is damaged, or of another domain.
 */
export function decodeSpeechModel(bytes: Uint8Array, path: string): SpeechModelFile {
  const file = decodeModelFile(bytes, path, domain);
  const { parameters, seed, warnings } = file;
  const settings = parseSpeechSettings(metadataJson(file, 'settings', path), path);
  requireParameterShapes(file, speechModelShapes(settings), { origin: 'its settings', where: path });
  return { settings, parameters, seed, warnings };
}
