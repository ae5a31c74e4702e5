/** The model of a run on pictures: parameters and settings. */
import {
  decodeModelFile,
  type ModelFile,
  metadataJson,
  modelFileMetadata,
  readModelFile,
  requireParameterShapes,
} from '@cpc/core/node';
import { visionModelShapes } from '../model-shapes.js';
import type { VisionSettings } from '../presets.js';
import { parseVisionSettings } from '../settings.js';

export interface VisionModelFile extends Pick<ModelFile, 'parameters' | 'seed' | 'warnings'> {
  readonly settings: VisionSettings;
}

const domain = 'vision';

export function modelMetadata(settings: VisionSettings, seed: number): Record<string, string> {
  return modelFileMetadata(domain, seed, { settings: JSON.stringify(settings) });
}

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export async function loadVisionModel(run: string): Promise<VisionModelFile> {
  const { bytes, path } = await readModelFile(run, domain);
  return decodeVisionModel(bytes, path);
}

/**
 * The model in the bytes of a `model.safetensors`.
 *
 * @param path - named in the error.
 * @throws {CpcError} if it is damaged, or of another domain.
 */
export function decodeVisionModel(bytes: Uint8Array, path: string): VisionModelFile {
  const file = decodeModelFile(bytes, path, domain);
  const settings = parseVisionSettings(metadataJson(file, 'settings', path), path);
  requireParameterShapes(file, visionModelShapes(settings), { origin: 'its settings', where: path });
  return { settings, parameters: file.parameters, seed: file.seed, warnings: file.warnings };
}
