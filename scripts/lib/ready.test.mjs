import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isFresh, withNeeds } from './ready.mjs';

let folder;

/** Writes a file that was last changed at this second. */
function write(path, second) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), '');
  utimesSync(join(folder, path), second, second);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ready-'));
  for (const path of ['src/index.ts', 'src/layers/gru.ts', 'package.json', 'tsup.config.ts']) write(path, 100);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is not fresh without output', () => {
  expect(isFresh(folder)).toBe(false);
});

it('is fresh when the declarations are 1 s younger than every source', () => {
  write('dist/index.d.ts', 101);
  expect(isFresh(folder)).toBe(true);
});

it('is not fresh when JavaScript was written and declarations were not', () => {
  write('dist/index.js', 101);
  expect(isFresh(folder)).toBe(false);
});

it.each(['src/layers/gru.ts', 'package.json', 'tsup.config.ts'])('is not fresh when %s is 1 s younger', (path) => {
  write('dist/index.d.ts', 101);
  write(path, 102);
  expect(isFresh(folder)).toBe(false);
});

it('is not fresh when a folder outside that it is built from is 1 s younger, and is when that is 1 s older', () => {
  write('dist/main.js', 101);
  write('elsewhere/cases.ts', 102);
  expect(isFresh(folder, [join(folder, 'elsewhere')])).toBe(false);
  write('elsewhere/cases.ts', 100);
  utimesSync(join(folder, 'elsewhere'), 100, 100);
  expect(isFresh(folder, [join(folder, 'elsewhere')])).toBe(true);
});

it('of 5 members, the command needs 4: itself, core, what core needs, and the domain it is developed with', () => {
  const member = (name, dependencies = [], devDependencies = []) => {
    const wanted = (names) => Object.fromEntries(names.map((each) => [each, 'workspace:^']));
    return { name, manifest: { dependencies: wanted(dependencies), devDependencies: wanted(devDependencies) } };
  };
  const all = [
    member('records'),
    member('core', ['records', 'zod']),
    member('audio', ['core']),
    member('cli', ['core'], ['audio']),
    member('report', ['records']),
  ];
  expect(withNeeds('cli', all).map(({ name }) => name)).toEqual(['cli', 'core', 'records', 'audio']);
  expect(() => withNeeds('clj', all)).toThrow(/no member "clj"/);
});
