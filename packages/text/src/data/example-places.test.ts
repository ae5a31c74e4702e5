import { describe, expect, it } from 'vitest';
import { examplePlaces } from './example-places.js';
import { createMemoryCorpus } from './sentence-corpus.js';

describe('examplePlaces', () => {
  // Documents of 3 and 4 sentences: examples of 2 begin at sentences 0, 1 and 3, 4, 5.
  const sentences = (count: number) => Array.from({ length: count }, () => Int32Array.of(1));
  const places = examplePlaces(createMemoryCorpus('memory', [sentences(3), sentences(4)]), 2);

  it('are 5, of sentences 0, 1, 3, 4, 5; the last 3 of the second document', () => {
    expect(Array.from({ length: places.count }, (_, place) => places.sentenceAt(place))).toEqual([0, 1, 3, 4, 5]);
    expect([places.documentOf(1), places.documentOf(2)]).toEqual([
      { first: 0, count: 2 },
      { first: 2, count: 3 },
    ]);
  });

  it.each([-1, 5, 0.5, Number.NaN])('refuse place %d of 5, which becomes neither sentence nor document 0', (place) => {
    expect(() => places.sentenceAt(place)).toThrow(/examples: expected a place from 0 up to 5, without it, received/);
    expect(() => places.documentOf(place)).toThrow(/examples: expected a place from 0 up to 5, without it, received/);
  });
});
