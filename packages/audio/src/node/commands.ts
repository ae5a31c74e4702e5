/** What this domain offers to the command `cpc`. */
import { type ExportRequest, reportWarnings, requireOnnxEnding, type TaskEvent, writeFileAtomically } from '@cpc/runs';
import {
  builtInData,
  type DomainCommands,
  embedCommand,
  existingPath,
  exportCommand,
  flag,
  negation,
  optional,
  path,
  probeCommand,
  trainCommand,
} from '@cpc/runs/commands';
import { exportSpeechModel } from '../export-model.js';
import { speechPresets } from '../presets.js';
import { resolveSpeechSettings } from '../settings.js';
import { embedSpeech } from './embed.js';
import { loadSpeechModel } from './model-file.js';
import { probeSpeech, speechBaselines } from './probing/probe.js';
import { speechClassifiers } from './probing/probe-classifiers.js';
import { speechTasks } from './probing/probe-tasks.js';
import { trainSpeech } from './train.js';

export const domainCommands: DomainCommands = {
  name: 'audio',
  summary: 'representations of speech from raw waveforms',
  commands: [
    trainCommand({
      domain: 'audio',
      presets: Object.keys(speechPresets),
      settings: (preset, overrides) => resolveSpeechSettings(preset, overrides).resolved,
      run: trainSpeech,
    }),
    probeCommand({
      tasks: speechTasks,
      baselines: speechBaselines,
      classifiers: speechClassifiers,
      options: {
        pooled: flag('one example per input, the mean of its features, not one per position'),
        folds: optional(path, {
          placeholder: '<file>',
          help: 'JSON file that says what each fold holds out',
          check: existingPath,
        }),
      },
      run: probeSpeech,
    }),
    embedCommand({ run: embedSpeech }),
    exportCommand({
      domain: 'audio',
      options: {
        scalesInput: negation(
          '--no-input-scaling',
          'leave the scaling of the input to who uses the file, as streams need it',
        ),
      },
      run: exportSpeech,
    }),
  ],
  demo: {
    training: {
      command: 'train',
      request: {
        data: builtInData,
        preset: 'small',
        overrides: {
          channels: { value: 128, source: 'set' },
          contextUnits: { value: 128, source: 'set' },
        },
      },
      steps: 1200,
      quickSteps: 250,
    },
    comparison: { command: 'probe', request: { data: builtInData, task: 'phones', baselines: ['random'] } },
  },
};

export interface SpeechExportRequest extends ExportRequest {
  /** Whether the file scales its input itself as `embed` does (default). */
  readonly scalesInput?: boolean | undefined;
}

/** Writes a run's model as an ONNX file. */
export async function* exportSpeech({
  run,
  out,
  scalesInput = true,
}: SpeechExportRequest): AsyncGenerator<TaskEvent, void, undefined> {
  requireOnnxEnding(out);
  const { settings, parameters, seed } = yield* reportWarnings(await loadSpeechModel(run));
  await writeFileAtomically(
    out,
    exportSpeechModel({ settings, parameters, scalesInput, metadata: { seed: String(seed) } }),
  );
  yield {
    type: 'file-written',
    path: out,
    description: 'waveform, state -> latents, contexts, final_state; any batch, any length',
  };
}
