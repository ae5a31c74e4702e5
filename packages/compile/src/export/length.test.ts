import { describe, expect, it } from 'vitest';
import { type Atom, fitLength, formatLength } from './length.js';

const batch: Atom = { name: 'batch', series: [2, 3, 4, 5, 6], multipleOf: 1 };
const samples: Atom = { name: 'samples', series: [3200, 6400, 9600, 4800, 8000], multipleOf: 160 };

function fitted(of: (b: number, s: number) => number, atoms: readonly Atom[] = [batch, samples]): string | undefined {
  const fit = fitLength(
    batch.series.map((b, trace) => of(b, samples.series[trace] ?? 0)),
    atoms,
  );
  return fit === undefined ? undefined : formatLength(fit);
}

describe('fitLength', () => {
  it.each([
    ['7', () => 7],
    ['batch', (b: number) => b],
    ['samples/160', (_: number, s: number) => s / 160],
    ['samples/160 - 2', (_: number, s: number) => Math.floor((s - 400) / 160) + 1],
    ['3*samples/160 + 1', (_: number, s: number) => (3 * s) / 160 + 1],
    ['batch*samples/160', (b: number, s: number) => (b * s) / 160],
    ['2*batch*samples - batch', (b: number, s: number) => 2 * b * s - b],
    ['batch*batch', (b: number) => b * b],
  ])('finds %s', (text, of) => {
    expect(fitted(of)).toBe(text);
  });

  it('finds no rule for 2 to the power of batch', () => {
    expect(fitted((b) => 2 ** b)).toBeUndefined();
  });

  it('does not trust samples/320, which 5 lengths allow and a multiple of 160 does not', () => {
    const even: Atom = { name: 'samples', series: [320, 640, 960, 1280, 1600], multipleOf: 160 };
    expect(fitLength([1, 2, 3, 4, 5], [even])).toBeUndefined();
    expect(fitLength([1, 2, 3, 4, 5], [{ ...even, multipleOf: 320 }])).toBeDefined();
  });

  it('does not accept a rule that the last, withheld length contradicts', () => {
    expect(fitLength([4, 6, 8, 10, 13], [batch])).toBeUndefined();
  });

  it('does not fit to the last length, even if no other one differs', () => {
    const late: Atom = { name: 'late', series: [2, 2, 2, 2, 3], multipleOf: 1 };
    expect(fitLength([4, 4, 4, 4, 5], [late])).toBeUndefined();
  });
});
