import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const file = join(import.meta.dirname, '../folds/timit-sample.json');

it('the folds of TIMIT’s sample hold 16 speakers once each, 2 women and 2 men a fold, those that settings were chosen on first', () => {
  const folds = JSON.parse(readFileSync(file, 'utf8')) as string[][];
  const sexes = folds.map((fold) => fold.map((speaker) => speaker[0]).sort());
  expect(sexes).toEqual(Array(4).fill(['f', 'f', 'm', 'm']));
  expect(new Set(folds.flat()).size).toBe(16);
  expect([...(folds[0] ?? [])].sort()).toEqual(['ftlg0', 'fvmh0', 'madd0', 'marc0']);
});
