export { domainCommands, exportText } from './commands.js';
export { type PrepareCorpusOptions, type PreparedCorpus, prepareCorpus, readSentences } from './data/prepare-corpus.js';
export { readWordVectors } from './data/word-vectors.js';
export { embedText } from './embed.js';
export { loadTextModel, type TextModelFile } from './model-file.js';
export { textNeighbours } from './neighbours.js';
export { probeText } from './probing/probe.js';
export { trainText } from './train.js';
