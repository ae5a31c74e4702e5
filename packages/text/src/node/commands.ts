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
import { exportEncoder } from '../export-model.js';
import { textPresets } from '../presets.js';
import { resolveTextSettings } from '../settings.js';
import { embedText } from './embed.js';
import { withWordVectors } from './expanded-model.js';
import { loadTextModel } from './model-file.js';
import { textNeighbours } from './neighbours.js';
import { builtInData } from './open-text.js';
import { probeText, textBaselines, textClassifiers } from './probe.js';
import { sentenceTasks } from './tasks/sentence-tasks.js';
import { trainText } from './train.js';

export const domainCommands = {
  name: 'text',
  summary: 'representations of sentences from running text',
  presets: Object.keys(textPresets),
  probeTasks: sentenceTasks,
  baselines: textBaselines,
  classifiers: textClassifiers,
  wordVectors: true,
  otherData: { probe: 'SENTENCE_TASKS', embed: 'SENTENCES.txt' },
  settings: (preset, overrides) => resolveTextSettings(preset, overrides).resolved,
  train: trainText,
  probe: probeText,
  embed: embedText,
  export: exportText,
  neighbours: {
    summary: 'tell the sentences of your text that are most like another',
    query: 'a sentence',
    run: textNeighbours,
  },
  demo: {
    train: {
      data: builtInData,
      preset: 'small',
      overrides: {
        embeddingSize: { value: 32, source: 'set' },
        channels: { value: 64, source: 'set' },
        contextUnits: { value: 64, source: 'set' },
        maxWords: { value: 16, source: 'set' },
        // A few hundred words are read often: they learn as fast as layers do.
        wordScale: { value: 1, source: 'set' },
        wordRateFactor: { value: 1, source: 'set' },
        learningRate: { value: 1e-3, source: 'set' },
      },
      steps: 600,
      quickSteps: 200,
    },
    probe: { data: builtInData, task: 'subject', baselines: ['random'] },
  },
} satisfies DomainCommands;

/** Words of a file of word vectors that an exported file gets. */
const mostExportedWords = 200_000;

async function* exportText(
  { run, out, wordVectors }: ExportRequest,
  _control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  requireOnnxEnding(out);
  const model = yield* reportWarnings(
    await withWordVectors(await loadTextModel(run), wordVectors, { limit: mostExportedWords }),
  );
  await writeFileAtomically(out, exportEncoder(model));
  yield {
    type: 'file-written',
    path: out,
    description: 'words, mask -> latents; any number of sentences of any length; its vocabulary in the metadata',
  };
}
