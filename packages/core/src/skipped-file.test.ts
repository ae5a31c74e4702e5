import { expect, it } from 'vitest';
import { skippedInWords } from './skipped-file.js';

const files = (count: number) => Array.from({ length: count }, (_, n) => ({ path: `${n}.wav`, reason: 'empty' }));

it('names each of 10 skipped files', () => {
  expect(skippedInWords(files(10))).toHaveLength(10);
  expect(skippedInWords(files(1))).toEqual(['skipped 0.wav: empty']);
});

it('names 10 of 12 skipped files and counts the other 2', () => {
  expect(skippedInWords(files(12)).slice(9)).toEqual(['skipped 9.wav: empty', 'skipped 2 more files; 12 in all']);
});
