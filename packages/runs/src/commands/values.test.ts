import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../test-support/temporary-folder.js';
import { existingPath, folderPath } from './existing-path.js';
import { problemOfJson, repeatedName } from './json-value.js';
import { readOverrides } from './setting-overrides.js';
import { indices, positiveNumber, seed, shares, wholeNumber } from './values.js';

describe('a number', () => {
  it('is read alike by 3 options: 1000, 1e3, 1E3, +1000, 1000.0, .1e4 and 1.e3', () => {
    for (const text of ['1000', '1e3', '1E3', '+1000', '1000.0', '.1e4', '1.e3']) {
      expect(wholeNumber(1).parse(text)).toBe(1000);
      expect(positiveNumber.parse(text)).toBe(1000);
      expect(seed.parse(text)).toBe(1000);
    }
    expect(indices.parse('1e1, 2')).toEqual([10, 2]);
    expect(shares.parse('1e-2,.5,1')).toEqual([0.01, 0.5, 1]);
    expect(seed.parse('-1e3')).toBe(-1000);
    expect(Object.is(seed.parse('-0'), 0)).toBe(true);
  });

  it('is refused by 3 options in 14 forms', () => {
    const wrong = [
      '',
      ' 5',
      '5 ',
      '0x10',
      '0b1',
      '1_000',
      '1,000',
      '1e3.5',
      'e3',
      '.',
      'NaN',
      'Infinity',
      '1e999',
      '５',
    ];
    for (const text of wrong) {
      expect(() => wholeNumber(1).parse(text)).toThrow(/Expected a whole number of at least 1/);
      expect(() => positiveNumber.parse(text)).toThrow(/Expected a number above 0/);
      expect(() => seed.parse(text)).toThrow(/Expected a whole number/);
    }
    for (const text of ['1.5', '1e-3', '9e15', '0']) expect(() => wholeNumber(1, 1e6).parse(text)).toThrow(/from 1 to/);
  });
});

describe('a config file', () => {
  const readText = (text: string) => {
    const file = join(temporaryFolder(), 'config.json');
    writeFileSync(file, text);
    return readOverrides(file, []);
  };

  it('of 10,000 levels, with a name twice or a number too large is refused in 1 sentence', async () => {
    const deep = 10_000;
    await expect(readText(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)).rejects.toThrow(/nested at most 20 deep/);
    await expect(readText(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`)).rejects.toThrow(/nested at most 20 deep/);
    await expect(readText(`${'['.repeat(deep)}${']'.repeat(deep)}`)).rejects.toThrow(/expected one JSON object/);
    await expect(readText('{"a":1,"b":{"a":2},"\\u0061":3}')).rejects.toThrow(/has "a" more than once/);
    await expect(readText('{"a":[1e999]}')).rejects.toThrow(/finite numbers/);
    for (const text of ['[]', 'null', '1', '"a"']) await expect(readText(text)).rejects.toThrow(/one JSON object/);
    await expect(readText('{"a":NaN}\n')).rejects.toThrow(/^[^\n]*expected JSON[^\n]*$/);
  });

  it('hands on __proto__ as a name like 2 others, for the domain to refuse', async () => {
    expect(Object.keys(await readText('{"__proto__":1,"constructor":2,"a":3}'))).toEqual([
      '__proto__',
      'constructor',
      'a',
    ]);
    expect(Object.keys(await readOverrides(undefined, [{ name: '__proto__', text: '1' }]))).toEqual(['__proto__']);
  });

  it('of 20 levels is read; the same name at 2 levels is no repetition', () => {
    expect(problemOfJson(JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`))).toBe(undefined);
    expect(repeatedName('{"a":{"a":1,"b":["a","a"]},"b":"a\\":","c":"{"}')).toBe(undefined);
  });

  it('and --set refuse 10,000 levels', async () => {
    const text = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    await expect(readOverrides(undefined, [{ name: 'a', text }])).rejects.toThrow(/--set a: expected values nested/);
  });
});

describe('a path', () => {
  it('that is missing, too long or below a file is refused by name', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => existingPath('--data', join(folder, 'no'))).toThrow(/--data .*no: does not exist/);
    expect(() => existingPath('--data', join(folder, 'x'.repeat(300)))).toThrow(/name too long \(ENAMETOOLONG\)/);
    expect(() => folderPath('--out', join(folder, 'file'))).toThrow(/expected a folder, received a file/);
    expect(() => folderPath('--out', join(folder, 'file', 'a', 'b'))).toThrow(/received a file: .*file\.$/);
  });

  it('of a folder that is there, or 3 folders that can be made, is taken', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    expect(folderPath('--out', join(folder, 'a'))).toBe(join(folder, 'a'));
    expect(folderPath('--out', join(folder, 'a', 'b', 'c', 'd'))).toBe(join(folder, 'a', 'b', 'c', 'd'));
  });
});
