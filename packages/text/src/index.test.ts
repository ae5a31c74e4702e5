import { expect, it } from 'vitest';
import * as text from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(text).sort()).toEqual([
    'bagOfWords',
    'contextualise',
    'cosineSimilarity',
    'countWords',
    'createMemoryCorpus',
    'createSentenceEncoder',
    'createStories',
    'createTextDomain',
    'createVocabulary',
    'encodeSentences',
    'expandVocabulary',
    'exportContext',
    'exportEncoder',
    'initialiseTextModel',
    'labelledSentences',
    'nearestVectors',
    'paperPreset',
    'parseLabelledLines',
    'resolveTextSettings',
    'smallPreset',
    'splitSentences',
    'splitWords',
    'textFormats',
    'textOptimiser',
    'textPresets',
    'unknownWord',
  ]);
});
