import { describe, expect, it } from 'vitest';

import { CpcArgumentError, CpcError } from './errors.js';

const parts = { where: 'infoNce', expected: 'M >= 2', fix: 'Raise the count.' };

describe('a message', () => {
  it('has its 4 parts in order: where, expected, received, fix', () => {
    const error = new CpcArgumentError({ ...parts, argument: 'scores', received: [8, 1] });
    expect(error.message).toBe('infoNce: expected M >= 2, received [8, 1]. Raise the count.');
  });

  it('stays in 1 line where a file has a line end in its name', () => {
    const { message, where } = new CpcError({ where: 'a\r\nwarning: b.wav', expected: 'samples' });
    expect(message).toBe('a\\r\\nwarning: b.wav: expected samples.');
    expect(where).toBe('a\r\nwarning: b.wav');
  });

  it('keeps 2 parts when nothing came and nothing can be done', () => {
    expect(new CpcError({ where: 'a.wav', expected: 'samples' }).message).toBe('a.wav: expected samples.');
  });

  it.each([
    { received: '8000 Hz', text: '8000 Hz' },
    { received: 0, text: '0' },
    { received: null, text: 'null' },
    { received: Number.NaN, text: 'NaN' },
    { received: false, text: 'false' },
    { received: 10n, text: '10' },
    { received: [], text: '[]' },
    { received: [[1, 2], 'a'], text: '[[1, 2], a]' },
    { received: Array.from({ length: 40 }, () => 1), text: '[1, 1, 1, 1, 1, 1, 1, 1, …] (40 entries)' },
    { received: new Float32Array(10), text: 'Float32Array of 40 bytes' },
    { received: { steps: 0 }, text: '{"steps":0}' },
    { received: { text: 'x'.repeat(1000) }, text: `{"text":"${'x'.repeat(111)}…` },
    { received: parseInt, text: 'the function parseInt' },
  ])('shows $text', ({ received, text }) => {
    expect(new CpcError({ ...parts, received }).message).toContain(`, received ${text}. `);
  });

  it('shows an object that holds itself, in 15 characters', () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    expect(new CpcError({ ...parts, received: circle }).message).toContain('received [object Object].');
  });
});

describe('isInstance', () => {
  const argumentError = new CpcArgumentError({ ...parts, argument: 'scores', received: 1 });
  const dataError = new CpcError(parts);

  it('holds an argument error to be both kinds, and a data error to be 1', () => {
    expect([CpcError.isInstance(argumentError), CpcArgumentError.isInstance(argumentError)]).toEqual([true, true]);
    expect([CpcError.isInstance(dataError), CpcArgumentError.isInstance(dataError)]).toEqual([true, false]);
  });

  it('recognises the error of a second copy of the package', () => {
    const marker = Symbol.for('@cpc/core.CpcArgumentError');
    class OtherCopy extends Error {
      readonly [marker] = true;
    }
    expect(CpcArgumentError.isInstance(new OtherCopy('x'))).toBe(true);
  });

  it('rejects 3 other things', () => {
    for (const other of [new Error('x'), undefined, { message: 'x' }]) expect(CpcError.isInstance(other)).toBe(false);
  });
});

it('an argument error keeps the argument, the value itself and the cause', () => {
  const received = { steps: 0 };
  const cause = new RangeError('x');
  const error = new CpcArgumentError({ ...parts, argument: 'steps', received, cause });
  expect([error.argument, error.received, error.cause, error.name]).toEqual([
    'steps',
    received,
    cause,
    'CpcArgumentError',
  ]);
});
