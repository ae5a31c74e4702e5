import { expect, it } from 'vitest';
import { refuseSkippedFiles, skippedInWords } from './skipped-file.js';

const files = (count: number, reasonOf: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => ({ path: `${n}.wav`, reason: reasonOf(n) }));
const alike = () => 'empty';

it('says in 1 sentence why 12 files are skipped: 3 by name, then 9 more', () => {
  expect(skippedInWords(files(12, alike))).toEqual(['skipped 12 files (empty): 0.wav, 1.wav, 2.wav and 9 more']);
  expect(skippedInWords(files(1, alike))).toEqual(['skipped 0.wav: empty']);
});

it('names a file once where its reason begins with it', () => {
  expect(skippedInWords(files(1, (n) => `${n}.wav: cut off`))).toEqual(['skipped 0.wav: cut off']);
});

it('shows 10 of 10,000 reasons and counts the other 9,990 files', () => {
  const sentences = skippedInWords(files(10_000, (n) => `reason ${n}`));
  expect(sentences).toHaveLength(11);
  expect(sentences.slice(9)).toEqual(['skipped 9.wav: reason 9', 'skipped 9990 more files; 10000 in all']);
});

it('refuses 2 skipped files with both names, and nothing where none is skipped', () => {
  expect(() => refuseSkippedFiles('data', files(2, alike))).toThrow(
    /^data: expected every file .*--strict.* received 2 that are not \(skipped 2 files \(empty\): 0\.wav, 1\.wav\)/,
  );
  expect(refuseSkippedFiles('data', [])).toBeUndefined();
});
