/** What this domain offers to the command `cpc`. */
import { type ExportRequest, reportWarnings, requireOnnxEnding, type TaskEvent, writeFileAtomically } from '@cpc/runs';
import {
  builtInData,
  type DomainCommands,
  embedCommand,
  exportCommand,
  optional,
  positiveNumber,
  probeCommand,
  searchCommand,
  shares,
  trainCommand,
} from '@cpc/runs/commands';
import { exportImageEncoder } from '../export-model.js';
import { visionPresets } from '../presets.js';
import { imageClassifiers } from '../probes/image-classifiers.js';
import { resolveVisionSettings } from '../settings.js';
import { embedVision } from './embed.js';
import { loadVisionModel } from './model-file.js';
import { visionNeighbours } from './neighbours.js';
import { patchesCommand } from './patches-command.js';
import { imageBaselines, imageTask, probeVision } from './probing/probe.js';
import { sheetEndings } from './sheet.js';
import { trainVision } from './train.js';

const set = (value: number) => ({ value, source: 'set' }) as const;

export const domainCommands: DomainCommands = {
  name: 'vision',
  summary: 'representations of pictures from images without labels',
  commands: [
    trainCommand({
      domain: 'vision',
      presets: Object.keys(visionPresets),
      settings: (preset, overrides) => resolveVisionSettings(preset, overrides).resolved,
      run: trainVision,
    }),
    probeCommand({
      tasks: [imageTask],
      baselines: imageBaselines,
      classifiers: imageClassifiers,
      options: {
        labelShares: optional(shares, {
          flag: '--labels',
          placeholder: '<a,b>',
          help: 'shares of the training labels to use, such as 0.01,0.1,1',
        }),
        stepShare: optional(positiveNumber, {
          placeholder: '<x>',
          help: 'how much of the paper’s training a probe that is trained takes',
        }),
      },
      run: probeVision,
    }),
    embedCommand({ run: embedVision }),
    exportCommand({ domain: 'vision', run: exportVision }),
    searchCommand({
      name: 'neighbours',
      summary: 'tell the images of your data that are most like another, and show them',
      query: 'an image of the data by name or number, or a picture file',
      endings: sheetEndings,
      run: visionNeighbours,
    }),
    patchesCommand,
  ],
  demo: {
    training: {
      command: 'train',
      request: {
        data: builtInData,
        preset: 'small',
        overrides: {
          resizePixels: set(28),
          patchPixels: set(8),
          patchStride: set(4),
          gridSize: set(5),
          lastOffset: set(4),
          subcropPixels: set(7),
          depth: set(18),
          width: set(8),
          contextUnits: set(24),
          contextBlocks: set(2),
          batchSize: set(16),
          negativeCount: set(200),
          learningRate: set(3e-3),
          latentScale: set(1),
        },
      },
      steps: 1000,
      quickSteps: 250,
    },
    comparison: { command: 'probe', request: { data: builtInData, task: imageTask, baselines: ['random'] } },
  },
};

/** Writes a run's encoder as an ONNX file. */
export async function* exportVision({ run, out }: ExportRequest): AsyncGenerator<TaskEvent, void, undefined> {
  requireOnnxEnding(out);
  await writeFileAtomically(out, exportImageEncoder(yield* reportWarnings(await loadVisionModel(run))));
  yield { type: 'file-written', path: out, description: 'pictures to vectors' };
}
