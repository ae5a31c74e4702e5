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
import { table2Rows } from '../ablation/table-2.js';
import { exportSpeechModel } from '../export-model.js';
import { speechPresets } from '../presets.js';
import { resolveSpeechSettings } from '../settings.js';
import { ablateSpeech } from './ablate.js';
import { embedSpeech } from './embed.js';
import { loadSpeechModel } from './model-file.js';
import { builtInData } from './open-data.js';
import { probeSpeech, speechBaselines } from './probe.js';
import { speechClassifiers } from './probe-classifiers.js';
import { speechTasks } from './probe-tasks.js';
import { trainSpeech } from './train.js';

export const domainCommands = {
  name: 'audio',
  summary: 'representations of speech from raw waveforms',
  presets: Object.keys(speechPresets),
  probeTasks: speechTasks,
  baselines: speechBaselines,
  classifiers: speechClassifiers,
  probeOptions: ['pooled', 'folds'],
  exportOptions: ['scalesInput'],
  settings: (preset, overrides) => resolveSpeechSettings(preset, overrides).resolved,
  train: trainSpeech,
  probe: probeSpeech,
  embed: embedSpeech,
  export: exportSpeech,
  ablation: {
    summary:
      'train and probe the rows of the paper’s table 2: steps predicted, and where negatives come from; or figure 3',
    rows: table2Rows().map(({ name }) => name),
    figures: ['3'],
    run: ablateSpeech,
  },
  demo: {
    train: {
      data: builtInData,
      preset: 'small',
      overrides: {
        channels: { value: 128, source: 'set' },
        contextUnits: { value: 128, source: 'set' },
      },
      steps: 1200,
      quickSteps: 250,
    },
    probe: { data: builtInData, task: 'phones', baselines: ['random'] },
  },
} satisfies DomainCommands;

async function* exportSpeech(
  { run, out, scalesInput = true }: ExportRequest,
  _control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
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
