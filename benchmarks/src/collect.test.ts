import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchmarkCase } from '@cpc/testing';
import { expect, it } from 'vitest';
import { chosenCases, collectCases } from './collect.js';
import { noInput } from './test-support/no-input.js';

function caseNamed(name: string): BenchmarkCase {
  return {
    name,
    summary: '',
    timed: false,
    prepare: async () => noInput(),
    ours: () => Promise.reject(new Error('not used')),
  };
}

const cases = [caseNamed('audio'), caseNamed('text')];

it('finds 3 cases in 2 files, in the order of the files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'collect-test-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'text.js'), `export const cases = [{ name: 'text' }];`);
  writeFileSync(join(folder, 'audio.js'), `export const cases = [{ name: 'audio' }, { name: 'audio-engines' }];`);
  const names = (await collectCases(folder)).map(({ name }) => name);
  rmSync(folder, { recursive: true });
  expect(names).toEqual(['audio', 'audio-engines', 'text']);
});

it('takes all 2 cases where none is named, and those named otherwise', () => {
  expect(chosenCases(cases, [])).toEqual(cases);
  expect(chosenCases(cases, ['text']).map(({ name }) => name)).toEqual(['text']);
});

it('refuses 1 unknown name, listing the known ones', () => {
  expect(() => chosenCases(cases, ['vision'])).toThrow(/expected one of audio, text, received vision/);
});
