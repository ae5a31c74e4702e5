export { domainCommands } from './commands.js';
export { type PrepareCorpusOptions, type PreparedCorpus, prepareCorpus, readSentences } from './data/prepare-corpus.js';
export { readWordVectors } from './data/word-vectors.js';
export { loadTextModel, type TextModelFile } from './model-file.js';
