import { describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../data/corpus.js';
import { committedFolds, requireFoldsOf } from './committed-folds.js';

const corpus = createMemoryCorpus(
  ['ann', 'bea', 'cem', 'dan'].map((speaker) => ({ id: speaker, speaker, samples: new Float32Array(320) })),
  { name: 'four' },
);
const rows = { recordings: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3) };

describe('committedFolds', () => {
  it('scores the 2 rows of cem, then the 4 of dan and ann, then those of bea, in the order of the file', () => {
    const { splits, description } = committedFolds(corpus, rows, {
      folds: [['cem'], ['dan', 'ann'], ['bea']],
      name: 'folds.json',
    });
    const all = [...rows.recordings.keys()];
    expect(splits.map(({ isTest }) => all.filter(isTest))).toEqual([
      [4, 5],
      [0, 1, 6, 7],
      [2, 3],
    ]);
    for (const { isTrain, isTest } of splits) expect(all.filter(isTrain)).toEqual(all.filter((row) => !isTest(row)));
    expect(description).toBe('3 folds of folds.json, no speaker on both sides');
  });
});

describe('requireFoldsOf', () => {
  const speakers = new Set(corpus.speakers);

  it('lets pass folds that hold each of 4 speakers', () => {
    expect(() =>
      requireFoldsOf(
        {
          folds: [
            ['ann', 'bea'],
            ['cem', 'dan'],
          ],
          name: 'f',
        },
        speakers,
      ),
    ).not.toThrow();
  });

  it('names the 2 speakers in no fold, and the 1 that the data lack', () => {
    expect(() => requireFoldsOf({ folds: [['ann', 'eve'], ['cem']], name: 'folds.json' }, speakers)).toThrow(
      'folds.json: expected every speaker with labelled recordings in exactly one fold, and no others, received no fold for bea, dan; folds of speakers without labelled recordings: eve.',
    );
  });

  it('names 8 of 20 unknown speakers and counts the other 12', () => {
    const names = Array.from({ length: 20 }, (_, index) => `x${String(index).padStart(2, '0')}`);
    expect(() => requireFoldsOf({ folds: [[...speakers], names], name: 'f' }, speakers)).toThrow(
      /x00.*x07 and 12 more/,
    );
  });
});
