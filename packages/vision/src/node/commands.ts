/** What this domain offers to the command `cpc`. */
import {
  type Control,
  type DomainCommands,
  type ExportRequest,
  reportWarnings,
  requireOnnxEnding,
  type TaskEvent,
  writeFileAtomically,
} from '@cpc/runs';
import { exportImageEncoder } from '../export-model.js';
import { visionPresets } from '../presets.js';
import { imageClassifiers } from '../probes/image-classifiers.js';
import { resolveVisionSettings } from '../settings.js';
import { embedVision } from './embed.js';
import { loadVisionModel } from './model-file.js';
import { visionNeighbours } from './neighbours.js';
import { builtInData } from './open-images.js';
import { visionPatches } from './patches.js';
import { imageBaselines, imageTask, probeVision } from './probe.js';
import { sheetEndings } from './sheet.js';
import { trainVision } from './train.js';

const set = (value: number) => ({ value, source: 'set' }) as const;

export const domainCommands = {
  name: 'vision',
  summary: 'representations of pictures from images without labels',
  presets: Object.keys(visionPresets),
  probeTasks: [imageTask],
  baselines: imageBaselines,
  classifiers: imageClassifiers,
  probeOptions: ['labelShares', 'stepShare'],
  settings: (preset, overrides) => resolveVisionSettings(preset, overrides).resolved,
  train: trainVision,
  probe: probeVision,
  embed: embedVision,
  export: exportVision,
  neighbours: {
    summary: 'tell the images of your data that are most like another, and show them',
    query: 'an image of the data by name or number, or a picture file',
    endings: sheetEndings,
    run: visionNeighbours,
  },
  exemplars: {
    command: 'patches',
    summary: 'show the patches that excite single features most (figure 5)',
    endings: sheetEndings,
    run: visionPatches,
  },
  demo: {
    train: {
      data: builtInData,
      preset: 'small',
      overrides: {
        ...{ resizePixels: set(28), patchPixels: set(8), patchStride: set(4), gridSize: set(5), lastOffset: set(4) },
        ...{ subcropPixels: set(7), depth: set(18), width: set(8), contextUnits: set(24), contextBlocks: set(2) },
        ...{ batchSize: set(16), negativeCount: set(200), learningRate: set(3e-3), latentScale: set(1) },
      },
      steps: 1000,
      quickSteps: 250,
    },
    probe: { data: builtInData, task: imageTask, baselines: ['random'] },
  },
} satisfies DomainCommands;

async function* exportVision(
  { run, out }: ExportRequest,
  _control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  requireOnnxEnding(out);
  await writeFileAtomically(out, exportImageEncoder(yield* reportWarnings(await loadVisionModel(run))));
  yield { type: 'file-written', path: out, description: 'pictures to vectors' };
}
