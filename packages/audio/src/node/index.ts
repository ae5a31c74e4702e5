export { domainCommands } from './commands.js';
export { readAudioFile } from './data/audio-file.js';
export { type OpenSpeechCorpusOptions, openSpeechCorpus } from './data/corpus.js';
export type { FolderContents, FolderEntry, FolderSpeechCorpus } from './data/folder-corpus.js';
export { loadPhoneLabelFile, loadTimitLabels } from './data/labels.js';
export { loadSplitLists } from './data/split-lists.js';
export { loadSpeechModel, type SpeechModelFile } from './model-file.js';
