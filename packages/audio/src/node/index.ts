export { domainCommands } from './commands.js';
export { readAudioFile } from './data/audio-file.js';
export { type FolderSpeechCorpus, type OpenSpeechCorpusOptions, openSpeechCorpus } from './data/corpus.js';
export { loadPhoneLabelFile, loadSplitLists, loadTimitLabels } from './data/labels.js';
export { loadSpeechModel, type SpeechModelFile } from './model-file.js';
