import { describe, expect, it } from 'vitest';
import { CompileError } from '../compile-error.js';
import { CpcArgumentError, CpcError } from '../errors.js';
import { RecordError } from '../record-error.js';
import { describeError, restoreError } from './worker-errors.js';

/** What comes out on the other side of two threads. */
function crossed(thrown: unknown): Error {
  return restoreError(structuredClone(describeError(thrown)));
}

const parts = { where: 'a.wav', expected: '16000 Hz', received: '8000 Hz', fix: 'Resample it.' };

describe('an error that crosses threads', () => {
  it('is a CpcError with its 4 parts, message and stack', () => {
    const error = new CpcError(parts);
    const restored = crossed(error);
    expect(CpcError.isInstance(restored)).toBe(true);
    expect(CpcArgumentError.isInstance(restored)).toBe(false);
    expect(restored).toMatchObject({ ...parts, name: 'CpcError', message: error.message, stack: error.stack });
  });

  it('is a CpcArgumentError with its argument, also where 0, false or null came', () => {
    for (const received of [0, false, null, Number.NaN, '']) {
      const error = new CpcArgumentError({ where: 'train', argument: 'steps', expected: 'at least 1', received });
      const restored = crossed(error);
      expect(CpcArgumentError.isInstance(restored)).toBe(true);
      expect(restored).toMatchObject({ argument: 'steps', received, message: error.message, name: 'CpcArgumentError' });
      expect(restored).toHaveProperty('fix', undefined);
    }
  });

  it('tells in its message of 3 numbers, a function or a bigint that came, which do not cross', () => {
    for (const received of [[1, 2, 3], () => 1, 10n, Symbol('x'), undefined]) {
      const error = new CpcArgumentError({ where: 'train', argument: 'steps', expected: 'a number', received });
      expect(crossed(error)).toMatchObject({ argument: 'steps', received: undefined, message: error.message });
    }
  });

  it('made by a second copy of the package is a CpcError of this one', () => {
    const copy = Object.assign(new Error('points: expected two.'), {
      ...{ where: 'points', expected: 'two', [Symbol.for('@cpc/core.CpcError')]: true },
    });
    expect(crossed(copy)).toBeInstanceOf(CpcError);
    expect(crossed(copy)).toMatchObject({ where: 'points', expected: 'two', message: 'points: expected two.' });
  });

  it('stays an expected one over 2 crossings, as CompileError and RecordError too', () => {
    const record = new RecordError('run.json', 'expected a run record.');
    expect(crossed(record)).toBeInstanceOf(RecordError);
    expect(crossed(record)).toMatchObject({ where: 'run.json', message: 'run.json: expected a run record.' });
    for (const error of [new CpcError(parts), new CompileError('no such operation.'), record]) {
      expect(describeError(crossed(error))).toEqual({ ...describeError(error), expected: true });
    }
  });

  it('is a plain Error with message and stack where it was none of ours, and not an expected one', () => {
    const error = new TypeError('x is undefined');
    const restored = crossed(error);
    expect(restored).toMatchObject({ message: 'x is undefined', stack: error.stack });
    expect(CpcError.isInstance(restored)).toBe(false);
    expect(describeError(restored).expected).toBe(false);
  });

  it.each([
    ['text', 'text'],
    [7, '7'],
    [undefined, 'undefined'],
    [Symbol('x'), 'Symbol(x)'],
  ])('is an Error that tells %o where that was thrown', (thrown, message) => {
    expect(crossed(thrown)).toBeInstanceOf(Error);
    expect(crossed(thrown)).toMatchObject({ message, stack: message });
  });
});
