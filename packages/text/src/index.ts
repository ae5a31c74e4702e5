export { type TextFormat, textFormats } from './data/blocks.js';
export { createMemoryCorpus, type SentenceCorpus, type SentenceRun, type SkippedText } from './data/sentence-corpus.js';
export { splitSentences } from './data/sentences.js';
export { countWords, createVocabulary, unknownWord, type Vocabulary, type WordCounts } from './data/vocabulary.js';
export { splitWords } from './data/words.js';
export {
  type ExpandedVocabulary,
  type ExpansionOptions,
  expandVocabulary,
  type WordVector,
} from './expansion/expand-vocabulary.js';
export { exportContext, exportEncoder, type TextModelParts } from './export-model.js';
export { contextualise, encodeSentences, initialiseTextModel, type TextModel } from './model.js';
export { cosineSimilarity, type Neighbour, nearestVectors } from './neighbours.js';
export { paperPreset, smallPreset, type TextPresetName, type TextSettings, textPresets } from './presets.js';
export { createSentenceEncoder, type SentenceEncoder, type SentenceEncoderOptions } from './sentence-encoder.js';
export { type ResolvedTextSettings, resolveTextSettings, type TextOverrides } from './settings.js';
export { createStories, type StoryOptions } from './synthesis/stories.js';
export { type BagOfWordsModel, bagOfWords } from './tasks/bag-of-words.js';
export { type LabelledSentences, labelledSentences, parseLabelledLines } from './tasks/labelled-sentences.js';
export { createTextDomain, type TextDomain } from './text-domain.js';
export { textOptimiser } from './text-optimiser.js';
