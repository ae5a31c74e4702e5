/** The model of a run on speech: parameters and settings. */
import { createModelKind, type ReadModel } from '@cpc/runs';
import { speechModelShapes } from '../model-shapes.js';
import type { SpeechSettings } from '../presets.js';
import { parseSpeechSettings } from '../settings.js';

export type SpeechModelFile = ReadModel<{ readonly settings: SpeechSettings }>;

/** How it is written and read. */
export const speechModels = createModelKind({
  domain: 'audio',
  contents: { settings: parseSpeechSettings },
  shapes: ({ settings }) => speechModelShapes(settings),
});

/**
 * The model of a run.
 *
 * @param run - the run's folder.
 * @throws {CpcError} if there is none yet, it is damaged, or it is of another domain.
 */
export function loadSpeechModel(run: string): Promise<SpeechModelFile> {
  return speechModels.load(run);
}
