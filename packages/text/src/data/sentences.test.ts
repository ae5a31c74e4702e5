import { describe, expect, it } from 'vitest';
import { normaliseText } from './normalise.js';
import { splitSentences } from './sentences.js';
import { splitWords } from './words.js';

describe('normaliseText', () => {
  it('writes curly quotes straight, dashes as 2 hyphens, an ellipsis as 3 dots, and single spaces', () => {
    expect(normaliseText(' “Don’t—”\u00A0she  said… “care‐worn” ')).toBe('"Don\'t -- " she said... "care-worn"');
    expect(normaliseText('a--b')).toBe('a -- b');
  });

  it('composes a letter and its accent, and drops soft hyphens and a byte order mark', () => {
    expect(normaliseText('\uFEFFcafe\u0301 exam\u00ADple')).toBe('caf\u00E9 example');
  });
});

describe('splitSentences', () => {
  it('cuts at full stops, question and exclamation marks, closing quotes included', () => {
    expect(splitSentences('It rained. Did it? “It did!” “Well.” She left.')).toEqual([
      'It rained.',
      'Did it?',
      '"It did!"',
      '"Well."',
      'She left.',
    ]);
  });

  it('goes on in small letters behind a quotation, and behind titles, initials and decimal points', () => {
    expect(splitSentences('“Stop!” he cried. Mr. Lee and J. B. Smith paid 3.50 to Mrs. Gray. All of it.')).toEqual([
      '"Stop!" he cried.',
      'Mr. Lee and J. B. Smith paid 3.50 to Mrs. Gray.',
      'All of it.',
    ]);
  });

  it('cuts text without capitals too', () => {
    expect(splitSentences('it rained . it poured . who came ?')).toEqual(['it rained .', 'it poured .', 'who came ?']);
  });

  it('does not take words that end like an abbreviation for one', () => {
    expect(splitSentences('It was the best. He was last. She said no.')).toHaveLength(3);
  });

  it('has no sentence without a letter or digit: rows of dots or stars are none', () => {
    expect(splitSentences('* * * * *')).toEqual([]);
    expect(splitSentences('. . . . ')).toEqual([]);
    expect(splitSentences('')).toEqual([]);
  });

  it('loses no word of a paragraph of 40,000 characters, and has about as many sentences as full stops, 667', () => {
    const paragraph = Array.from({ length: 6000 }, (_, index) => `W${index}${index % 9 === 0 ? '.' : ''}`).join(' ');
    const sentences = splitSentences(paragraph);
    expect(sentences.join(' ').replaceAll('.', '').split(' ')).toHaveLength(6000);
    expect(sentences.length).toBeGreaterThan(600);
    expect(sentences.length).toBeLessThan(700);
    expect(splitSentences('x'.repeat(20_000)).join('')).toHaveLength(20_000);
  });
});

describe('splitWords', () => {
  it('cuts as the Penn Treebank does, in lower case, curly apostrophes too', () => {
    expect(splitWords('“It’s the dog’s, isn’t it?”')).toEqual([
      '"',
      'it',
      "'s",
      'the',
      'dog',
      "'s",
      ',',
      'is',
      "n't",
      'it',
      '?',
      '"',
    ]);
  });

  it('leaves words that are cut already as they are', () => {
    const cut = "it 's so laddish and juvenile , only teenage boys could possibly find it funny .";
    expect(splitWords(cut)).toEqual(cut.split(' '));
  });

  it('keeps letters beyond a to z, numbers and low lines in their words', () => {
    expect(splitWords('Bébée’s café, naïve Ψυχή; snake_case 3½ Straße!')).toEqual([
      'bébée',
      "'s",
      'café',
      ',',
      'naïve',
      'ψυχή',
      ';',
      'snake_case',
      '3½',
      'straße',
      '!',
    ]);
  });

  it('gives no word for text that is empty or all space', () => expect(splitWords(' \n ')).toEqual([]));
});
