import { describe, expect, it } from 'vitest';
import { countWords, createVocabulary, unknownWord } from './vocabulary.js';

describe('vocabulary', () => {
  it('holds the unknown word and the 2 most frequent, equally frequent ones by code unit', () => {
    const counts = countWords();
    for (const word of ['b', 'a', 'c', 'z']) counts.add(word, word === 'b' ? 2 : 1);
    expect(counts.vocabulary(3).words).toEqual([unknownWord, 'b', 'a']);
    expect(counts.vocabulary(100).words).toEqual([unknownWord, 'b', 'a', 'c', 'z']);
    expect(counts.total()).toBe(5);
  });

  it('numbers words from 1 on, and all others 0, words of every object too', () => {
    const { idOf } = createVocabulary([unknownWord, 'the', 'constructor']);
    expect(['the', 'constructor', 'toString', unknownWord].map(idOf)).toEqual([1, 2, 0, 0]);
  });

  it('keeps the frequent half where there are more different words than it may keep', () => {
    const counts = countWords(4);
    for (const word of ['c', 'a', 'd', 'b', 'e']) counts.add(word, word < 'c' ? 2 : 1);
    expect(counts.vocabulary(10).words).toEqual([unknownWord, 'a', 'b']);
  });

  it('refuses a word twice, another first word, and a size of 1', () => {
    expect(() => createVocabulary([unknownWord, 'a', 'a'])).toThrow(/every word once, received a/);
    expect(() => createVocabulary(['a'])).toThrow(/<unk> first, received a/);
    expect(() => countWords().vocabulary(1)).toThrow(/at least 2 words, received 1/);
  });
});
