import { describe, expect, it } from 'vitest';
import { labelledAlike, labelledSentences, parseLabelledLines } from './labelled-sentences.js';

describe('parseLabelledLines', () => {
  it('takes the first word of a line for its label; a label may stand alone, and blank lines do not count', () => {
    expect(parseLabelledLines('1 it was good .\r\n\n0\n', 'MR.all', ['0', '1'])).toEqual([
      { label: '1', sentence: 'it was good .' },
      { label: '0', sentence: '' },
    ]);
  });

  it('names the line of a label that is none of those known', () => {
    expect(() => parseLabelledLines('1 good\n\n7 bad', 'MR.all', ['0', '1'])).toThrow(
      /MR\.all, line 3: expected a label out of 0, 1, then words, received 7/,
    );
  });
});

describe('labelledSentences', () => {
  it('numbers classes in the order of their names', () => {
    const data = labelledSentences([...labelledAlike('a\n\nb\n', 'pos'), ...labelledAlike('c', 'neg')], 'CR');
    expect(data).toEqual({ sentences: ['a', 'b', 'c'], labels: Int32Array.of(1, 1, 0), classes: ['neg', 'pos'] });
  });

  it('refuses sentences of 1 class', () => {
    expect(() => labelledSentences(labelledAlike('a', '1'), 'MR.all')).toThrow(/at least 2 classes, received 1/);
  });
});
