import { describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../data/corpus.js';
import { buildFrameTable } from './frame-table.js';
import { digitTakes, listedRecordings, splitByRecordings } from './listed-split.js';

const corpus = createMemoryCorpus(
  ['1-1-0000', '1-1-0001', '2-1-0000', '2-1-0001'].map((id) => ({
    id,
    speaker: id.slice(0, 1),
    samples: new Float32Array(480),
  })),
  { name: 'four' },
);

/** 3 frames of each recording. */
const table = buildFrameTable(
  corpus.recordings.map((_, recording) => ({
    recording,
    features: { shape: [3, 1], data: new Float32Array(3) },
    labels: Int32Array.of(0, 1, 0),
  })),
);

describe('listedRecordings', () => {
  it('finds 2 and 1 recordings, and counts the 3 ids that have none', () => {
    const lists = { trainIds: ['2-1-0000', '9-9-0000', '1-1-0000'], testIds: ['1-1-0001', '9-9-0001', '9-9-0002'] };
    const { train, test, idsWithoutRecording } = listedRecordings(corpus, lists);
    expect([...train].sort()).toEqual([0, 2]);
    expect([...test]).toEqual([1]);
    expect(idsWithoutRecording).toBe(3);
  });
});

describe('splitByRecordings', () => {
  it('fits the 6 frames of 2 recordings, scores the 3 of another, and leaves those of the 4th out', () => {
    const lists = { trainIds: ['2-1-0000', '1-1-0000'], testIds: ['1-1-0001'] };
    const { splits, description } = splitByRecordings(corpus, table, listedRecordings(corpus, lists));
    const rows = [...table.labels.keys()];
    expect(splits).toHaveLength(1);
    expect(rows.filter((row) => splits[0]?.isTrain(row))).toEqual([0, 1, 2, 6, 7, 8]);
    expect(rows.filter((row) => splits[0]?.isTest(row))).toEqual([3, 4, 5]);
    expect(description).toBe('given lists: 2 recordings to fit, 1 to score');
  });

  it('refuses a test list that names none of the 4 recordings, and says what to do', () => {
    const listed = listedRecordings(corpus, { trainIds: ['1-1-0000'], testIds: ['9-9-0000'] });
    expect(() => splitByRecordings(corpus, table, listed)).toThrow(
      /four: expected labelled recordings to fit and to score by given lists, received 1 and 0\. .*without the two lists/,
    );
  });
});

describe('digitTakes', () => {
  it('scores takes 0 to 4 and fits take 5 and later', () => {
    const takes = [0, 4, 5, 10, 49];
    const digits = createMemoryCorpus(
      takes.map((take) => ({
        id: `7_theo_${String(take).padStart(2, '0')}`,
        speaker: 'theo',
        samples: new Float32Array(160),
        attributes: { digit: '7', take: String(take) },
      })),
      { name: 'digits' },
    );
    const { train, test } = digitTakes(digits);
    expect([...test]).toEqual([0, 1]);
    expect([...train]).toEqual([2, 3, 4]);
  });
});
