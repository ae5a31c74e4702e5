/** What this domain offers to the command `cpc`. */
import { type ExportRequest, reportWarnings, requireOnnxEnding, type TaskEvent, writeFileAtomically } from '@cpc/runs';
import {
  builtInData,
  type DomainCommands,
  embedCommand,
  existingPath,
  exportCommand,
  optional,
  path,
  probeCommand,
  searchCommand,
  trainCommand,
} from '@cpc/runs/commands';
import { exportEncoder } from '../export-model.js';
import { textPresets } from '../presets.js';
import { resolveTextSettings } from '../settings.js';
import { embedText } from './embed.js';
import { type WordVectorsRequest, withWordVectors } from './expanded-model.js';
import { loadTextModel } from './model-file.js';
import { textNeighbours } from './neighbours.js';
import { probeText, textBaselines, textClassifiers } from './probing/probe.js';
import { sentenceTasks } from './probing/tasks/sentence-tasks.js';
import { trainText } from './train.js';

const wordOptions = {
  wordVectors: optional(path, {
    placeholder: '<file>',
    help: 'vectors of further words, mapped to the learned ones; word2vec, GloVe or fastText',
    check: existingPath,
  }),
};

export const domainCommands: DomainCommands = {
  name: 'text',
  summary: 'representations of sentences from running text',
  commands: [
    trainCommand({
      domain: 'text',
      presets: Object.keys(textPresets),
      settings: (preset, overrides) => resolveTextSettings(preset, overrides).resolved,
      run: trainText,
    }),
    probeCommand({
      tasks: sentenceTasks,
      builtInTask: 'subject',
      baselines: textBaselines,
      classifiers: textClassifiers,
      otherData: 'SENTENCE_TASKS',
      options: wordOptions,
      run: probeText,
    }),
    embedCommand({ otherData: 'SENTENCES.txt', options: wordOptions, run: embedText }),
    exportCommand({ domain: 'text', options: wordOptions, run: exportText }),
    searchCommand({
      name: 'neighbours',
      summary: 'tell the sentences of your text that are most like another',
      query: 'a sentence',
      options: wordOptions,
      run: textNeighbours,
    }),
  ],
  demo: {
    training: {
      command: 'train',
      request: {
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
      },
      steps: 600,
      quickSteps: 200,
    },
    comparison: { command: 'probe', request: { data: builtInData, task: 'subject', baselines: ['random'] } },
  },
};

/** Words of a file of word vectors that an exported file gets. */
const mostExportedWords = 200_000;

/** Writes a run's sentence encoder as an ONNX file. */
export async function* exportText({
  run,
  out,
  wordVectors,
}: ExportRequest & WordVectorsRequest): AsyncGenerator<TaskEvent, void, undefined> {
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
