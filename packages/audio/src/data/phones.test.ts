import { describe, expect, it } from 'vitest';
import { foldPhone, parsePhoneSegments, phoneClasses, timitPhones } from './phones.js';

describe('foldPhone', () => {
  it('knows 61 symbols, 48 classes and 39 classes', () => {
    expect(timitPhones.length).toBe(61);
    expect(phoneClasses(61)).toEqual(timitPhones);
    expect(phoneClasses(48).length).toBe(48);
    expect(phoneClasses(39).length).toBe(39);
  });

  it('merges the 7 groups of Lee & Hon and the closures on the way from 48 to 39', () => {
    const merged = timitPhones.filter((symbol) => foldPhone(symbol, 48) !== foldPhone(symbol, 39));
    expect(new Set(merged.map((symbol) => `${foldPhone(symbol, 48)}>${foldPhone(symbol, 39)}`))).toEqual(
      new Set(['ao>aa', 'ax>ah', 'cl>sil', 'el>l', 'en>n', 'epi>sil', 'ix>ih', 'vcl>sil', 'zh>sh']),
    );
  });

  it('gives q a class among 61 and none among 48 and 39', () => {
    expect([foldPhone('q', 61), foldPhone('q', 48), foldPhone('q', 39)]).toEqual(['q', undefined, undefined]);
  });

  it("gives a symbol that is not TIMIT's no class", () => {
    expect(foldPhone('xx', 39)).toBeUndefined();
  });
});

const file = '0 2360 h#\n2360 3720 sh\n3720 4200 iy\n';

describe('parsePhoneSegments', () => {
  it('reads 3 lines as 3 segments', () => {
    expect(parsePhoneSegments(file, 'a.phn')).toEqual([
      { startSample: 0, endSample: 2_360, phone: 'h#' },
      { startSample: 2_360, endSample: 3_720, phone: 'sh' },
      { startSample: 3_720, endSample: 4_200, phone: 'iy' },
    ]);
  });

  it.each([
    [
      '0 10 h#\n5 20 sh',
      'a.phn, line 2: expected a segment of at least 1 sample from sample 10 on, received "5 20 sh"',
    ],
    ['0 10 h#\n10 10 sh', 'a.phn, line 2'],
    ['0 10 h#\n\n10 sh', 'a.phn, line 3: expected "startSample endSample phone", received "10 sh"'],
    ['0 10 xx', 'a.phn, line 1: expected one of the 61 known phone symbols'],
    ['-5 10 h#', 'a.phn, line 1'],
    ['0 1e3 h#', 'a.phn, line 1'],
    ['', 'a.phn: expected lines of "startSample endSample phone", received no line'],
  ])('refuses %j, naming the line', (text, message) => {
    expect(() => parsePhoneSegments(text, 'a.phn')).toThrow(message);
  });
});
