import { describe, expect, it } from 'vitest';
import { parsePhoneLabelFile, parseSplitList, refuseSharedUtterances } from './phone-label-file.js';

const file = '103-1240-0000 0 0 40 12\n19-198-0001 7\n';

describe('parsePhoneLabelFile', () => {
  it('reads 4 labels and 1 label of 2 utterances', () => {
    const labels = parsePhoneLabelFile(file, 'labels.txt');
    expect([...labels].map(([id, values]) => [id, ...values])).toEqual([
      ['103-1240-0000', 0, 0, 40, 12],
      ['19-198-0001', 7],
    ]);
  });

  it.each([
    ['a 1\nb 41', 'labels.txt, line 2: expected labels from 0 to 40, received "41" as label 0'],
    ['a 1 x', 'labels.txt, line 1: expected labels from 0 to 40, received "x" as label 1'],
    ['a 1 -1', 'labels.txt, line 1'],
    ['a 1 1.5', 'labels.txt, line 1'],
    ['a 1\n\nb', 'labels.txt, line 3: expected labels after "b", received none'],
    ['a 1\na 2', 'labels.txt, line 2: expected each utterance once, received "a" again'],
    ['\n\n', 'labels.txt: expected lines of'],
  ])('refuses %j, naming the line', (text, message) => {
    expect(() => parsePhoneLabelFile(text, 'labels.txt')).toThrow(message);
  });

  it('takes 2 classes where told so', () => {
    expect(() => parsePhoneLabelFile('a 2', 'labels.txt', 2)).toThrow('labels from 0 to 1');
  });
});

describe('parseSplitList', () => {
  it('reads 2 ids in their order, whatever the line ends', () => {
    expect(parseSplitList('b-1\r\na-2\r\n', 'train.txt')).toEqual(['b-1', 'a-2']);
  });

  it.each([
    ['a\na', 'train.txt, line 2: expected each utterance once'],
    ['a b', 'train.txt, line 1: expected one utterance id, received "a b"'],
    ['', 'train.txt: expected lines of an utterance id a line'],
  ])('refuses %j', (text, message) => {
    expect(() => parseSplitList(text, 'train.txt')).toThrow(message);
  });
});

describe('refuseSharedUtterances', () => {
  it('names the 1 utterance in both lists', () => {
    expect(() => refuseSharedUtterances(['a', 'b'], ['c', 'b'], 'splits')).toThrow('received "b" in both');
    expect(() => refuseSharedUtterances(['a'], ['b'], 'splits')).not.toThrow();
  });
});
