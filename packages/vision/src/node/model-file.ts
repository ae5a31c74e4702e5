/** The model of a run on pictures: parameters and settings. */
import { createModelKind, type ReadModel } from '@cpc/runs';
import { visionModelShapes } from '../model-shapes.js';
import type { VisionSettings } from '../presets.js';
import { parseVisionSettings } from '../settings.js';

export type VisionModelFile = ReadModel<{ readonly settings: VisionSettings }>;

/** How it is written and read. */
export const visionModels = createModelKind({
  domain: 'vision',
  contents: { settings: parseVisionSettings },
  shapes: ({ settings }) => visionModelShapes(settings),
});

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export function loadVisionModel(run: string): Promise<VisionModelFile> {
  return visionModels.load(run);
}
