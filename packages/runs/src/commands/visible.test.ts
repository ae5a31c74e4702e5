import { expect, it } from 'vitest';
import { shellCommand, table } from './text.js';
import { visible, visibleJson, visibleLine } from './visible.js';

const isSafe = /^[\t\n\x20-\x7e\xa0-\u{10ffff}]*$/u;

it('shows the 63 control characters but tab and line feed as escapes', () => {
  const codes = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 0x20 }, (_, index) => 0x80 + index)];
  const controls = codes.filter((code) => code !== 9 && code !== 10);
  expect(controls).toHaveLength(63);
  for (const code of controls) {
    const shown = visible(`a${String.fromCharCode(code)}b`);
    expect(shown).toMatch(isSafe);
    expect(shown).toMatch(/^a\\(x[0-9a-f]{2}|r)b$/);
  }
  expect(visible('a\tb\nc')).toBe('a\tb\nc');
});

it('shows 7 sequences that terminals obey as text', () => {
  const sequences = [
    ['\x1b[2J', '\\x1b[2J'],
    ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
    ['\x1b]8;;http://a\x1b\\', '\\x1b]8;;http://a\\x1b\\'],
    ['\x9b31m', '\\x9b31m'],
    ['file\rwarning', 'file\\rwarning'],
    ['a\u202egpj.exe', 'a\\u202egpj.exe'],
    ['\u{e0041}', '\\U000e0041'],
  ] as const;
  for (const [text, shown] of sequences) expect(visible(text)).toBe(shown);
});

it('keeps 5 scripts, emoji with joiners and combining marks as they are', () => {
  const text = 'größer, Ελληνικά, 日本語, العربية, हिन्दी, 👩‍👩‍👧, é, “quoted” – 20 °C';
  expect(visible(text)).toBe(text);
});

it('keeps a name with a line feed in 1 line, and a table of 2 rows in 2', () => {
  expect(visibleLine('a.wav\nwarning: all is well')).toBe('a.wav\\nwarning: all is well');
  expect(
    table([
      ['a\nb', 'c'],
      ['d\x1b[2J', 'e'],
    ]).split('\n'),
  ).toEqual(['a\\nb      c', 'd\\x1b[2J  e']);
});

it('writes JSON that means the same, without 8 hidden characters', () => {
  const value = { 'a\x1b': '\x07\x7f\x85\x9b\u202e\u2028\u{e0041}"\\', list: [1, null, 'größer'] };
  const text = visibleJson(value);
  expect(text).toMatch(isSafe);
  expect(text).not.toMatch(/[\x7f-\x9f\u202e\u2028]/);
  expect(JSON.parse(text)).toEqual(value);
});

it('quotes a path with an escape and an apostrophe as 1 word that bash reads back', () => {
  expect(shellCommand(['cpc', '--out', "it's"])).toBe("cpc --out 'it'\\''s'");
  expect(shellCommand(['cpc', '--out', "a\x1b[2J'\\\nb"])).toBe("cpc --out $'a\\x1b[2J\\'\\\\\\nb'");
});
