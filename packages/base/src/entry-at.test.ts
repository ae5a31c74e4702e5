import { describe, expect, it } from 'vitest';
import { entryAt } from './entry-at.js';

describe('entryAt', () => {
  it('gives the entry at places 0 and 1 of 2, 0 and NaN among them', () => {
    expect([0, 1].map((place) => entryAt(Float32Array.of(0, Number.NaN), place, 'values'))).toEqual([0, Number.NaN]);
  });

  it.each([-1, 2, 0.5, Number.NaN])('refuses place %d of 2, naming the list', (place) => {
    expect(() => entryAt([3, 5], place, 'labels')).toThrow(/labels: expected a place from 0 to 1, received/);
  });

  it('refuses place 0 of an empty list', () => {
    expect(() => entryAt([], 0, 'folds')).toThrow(/folds: expected at least 1 entry, received 0/);
  });
});
