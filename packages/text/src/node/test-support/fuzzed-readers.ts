/** Every reader of this package with valid files to damage, and what must hold of whatever it reads. */
import { createRandom, flatten } from '@cpc/core';
import { encodeSafetensors } from '@cpc/runs';
import { unknownWord } from '../../data/vocabulary.js';
import { initialiseTextModel } from '../../model.js';
import { smallPreset } from '../../presets.js';
import { prepareCorpus } from '../data/prepare-corpus.js';
import { textLines, UnreadableTextError } from '../data/text-lines.js';
import { readWordVectors } from '../data/word-vectors.js';
import { textModels } from '../model-file.js';
import { openTask } from '../probing/tasks/sentence-tasks.js';

export interface FuzzedReader {
  readonly name: string;
  /** By file name: a valid file each. The first one is damaged. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /**
   * Reads the folder that holds them, and checks what came of it.
   *
   * @throws {CpcError} whose message names the folder, if it refuses a file.
   * @throws {Error} of any other kind if what it read is not right.
   */
  readonly read: (folder: string, path: string) => Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const prose = [
  ...['CHAPTER I.', '', '“Stop!” he cried. Mr. Lee — who else? — went on.', 'It rained; nobody came.', ''],
  ...['CHAPTER II.', '', 'Zwei schöne Tage… The café was shut. It was 12 o’clock.', 'She left.'],
].join('\r\n');

function requireThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`read wrongly: ${what}`);
}

const corpusReader: FuzzedReader = {
  name: 'corpora',
  files: { 'book.txt': bytesOf(prose.repeat(8)) },
  read: async (_folder, path) => {
    const { corpus, vocabulary, counts, dispose } = await prepareCorpus(path, { vocabularySize: 20 });
    try {
      const sentences = await corpus.read(0, corpus.sentenceCount);
      requireThat(corpus.sentenceCount > 0 && vocabulary.words.length <= 20, 'no sentence, or too many words');
      requireThat(
        sentences.every((words) => words.length > 0 && words.every((id) => id >= 0 && id < vocabulary.words.length)),
        'a sentence without words, or a word without a number',
      );
      requireThat(sentences.reduce((sum, { length }) => sum + length, 0) === counts.words, 'the count of words');
      requireThat(corpus.runs.reduce((sum, { count }) => sum + count, 0) === sentences.length, 'runs');
    } finally {
      await dispose();
    }
  },
};

const lineReader: FuzzedReader = {
  name: 'lines',
  files: { 'lines.txt': bytesOf(`\uFEFF${prose}`.repeat(5)) },
  read: async (_folder, path) => {
    try {
      for await (const line of textLines(path)) requireThat(!/[\r\n]/.test(line), 'a line end within a line');
    } catch (error) {
      if (!(error instanceof UnreadableTextError)) throw error;
    }
  },
};

function taskReader(name: string, task: string, files: Readonly<Record<string, string>>): FuzzedReader {
  return {
    name,
    files: Object.fromEntries(Object.entries(files).map(([file, text]) => [file, bytesOf(text)])),
    read: async (folder) => {
      const { data, testFrom = 0 } = await openTask(task, folder);
      const { sentences, labels, classes } = data;
      requireThat(sentences.length === labels.length && testFrom <= labels.length, 'as many labels as sentences');
      requireThat(
        labels.every((label) => label >= 0 && label < classes.length),
        'a label without a class',
      );
    },
  };
}

const labelled = '1 a good film .\n0 a bad one .\n0\n1 naïve , but good\n'.repeat(5);
const questions = 'DESC:manner How did it end ?\nHUM:ind Who was he ?\nNUM:dist How far is it ?\n'.repeat(5);
const taskReaders = [
  taskReader('labelled lines', 'mr', { 'MR.all': labelled }),
  taskReader('labelled lines with a test file', 'trec', { 'TREC.train.all': labelled, 'TREC.test.all': '0 How ?\n' }),
  taskReader('files by class', 'cr', { 'CR/custrev.neg': 'bad .\nworse .\n'.repeat(9), 'CR/custrev.pos': 'good .\n' }),
  taskReader('questions by class', 'trec', {
    'TREC/train_5500.label': questions,
    'TREC/TREC_10.label': 'LOC:x Where ?\n',
  }),
];

const vectors = Array.from({ length: 30 }, (_, index) => ({
  word: `wört${index}`,
  numbers: [index, 0.5, -1e-3 * index],
}));
const vectorLines = vectors.map(({ word, numbers }) => `${word} ${numbers.join(' ')}`).join('\n');
const binaryVectors = Buffer.concat([
  bytesOf('30 3\n'),
  ...vectors.flatMap(({ word, numbers }) => [bytesOf(`${word} `), new Uint8Array(Float32Array.from(numbers).buffer)]),
]);

function vectorReader(name: string, file: string, content: Uint8Array): FuzzedReader {
  return {
    name,
    files: { [file]: content },
    read: async (_folder, path) => {
      let size: number | undefined;
      for await (const { word, vector } of readWordVectors(path)) {
        size ??= vector.length;
        requireThat(word !== '' && vector.length === size, 'a word without a vector of the size of the first');
        requireThat(Array.from(vector).every(Number.isFinite), 'a number that is not finite');
      }
    },
  };
}

const model = { ...smallPreset, vocabularySize: 4, embeddingSize: 3, channels: 4, contextUnits: 2 };
const modelBytes = encodeSafetensors(
  flatten(initialiseTextModel(model, createRandom(1))),
  textModels.metadata({ settings: model, vocabulary: [unknownWord, 'a', 'b', 'c'] }, 1),
);

const modelReader: FuzzedReader = {
  name: 'models',
  files: { 'model.safetensors': modelBytes },
  read: async (_folder, path) => {
    const { readFile } = await import('node:fs/promises');
    const { vocabulary, parameters } = textModels.decode(await readFile(path), path);
    requireThat(
      flatten(parameters)['encoder/words/table']?.shape[0] === vocabulary.words.length,
      'words without a vector',
    );
  },
};

export const fuzzedReaders: readonly FuzzedReader[] = [
  ...[corpusReader, lineReader, ...taskReaders],
  vectorReader('word2vec’s binary vectors', 'vectors.bin', binaryVectors),
  vectorReader('word2vec’s text vectors', 'vectors.txt', bytesOf(`30 3\n${vectorLines}\n`)),
  vectorReader('GloVe’s vectors', 'glove.txt', bytesOf(vectorLines)),
  vectorReader('fastText’s vectors', 'vectors.vec', bytesOf(`30 3\n${vectorLines.replaceAll('\n', ' \n')}`)),
  modelReader,
];
