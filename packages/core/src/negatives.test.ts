import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import {
  negativesFromBatch,
  negativesFromOtherSequences,
  negativesFromOwnAndOtherSequences,
  negativesFromOwnSequence,
} from './negatives.js';

const layout = { sequences: 4, positions: 10 };

describe('negativesFromBatch', () => {
  it('draws 12 different rows out of the 40 of 4 x 10 latents, in one group', () => {
    const sampler = negativesFromBatch(12);
    const rows = sampler.draw(layout, createRandom(1));
    expect(sampler.groups(layout)).toBe(1);
    expect(rows.length).toBe(12);
    expect(new Set(rows).size).toBe(12);
    expect(Math.min(...rows)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...rows)).toBeLessThan(40);
  });

  it('takes every row equally often: each of 40 within 5 standard deviations of 1,500 in 5,000 draws of 12', () => {
    const counts = new Array<number>(40).fill(0);
    for (let draw = 0; draw < 5000; draw++) {
      for (const row of negativesFromBatch(12).draw(layout, createRandom(1).fold(draw)))
        counts[row] = (counts[row] ?? 0) + 1;
    }
    const deviation = Math.sqrt(5000 * 0.3 * 0.7);
    for (const count of counts) expect(Math.abs(count - 1500)).toBeLessThan(5 * deviation);
  });

  it('refuses 41 candidates where there are 40 latents', () => {
    expect(() => negativesFromBatch(41).draw(layout, createRandom(1))).toThrow(/at most 40 candidates.*received 41/);
  });

  it('refuses a single candidate: it may be the positive', () => {
    expect(() => negativesFromBatch(1)).toThrow(/at least 2/);
  });
});

describe('negativesFromOwnSequence', () => {
  it('gives sequence s rows of sequence s only, all different', () => {
    const sampler = negativesFromOwnSequence(6);
    const rows = sampler.draw(layout, createRandom(3));
    expect(sampler.groups(layout)).toBe(4);
    for (let sequence = 0; sequence < 4; sequence++) {
      const own = rows.subarray(sequence * 6, sequence * 6 + 6);
      expect(new Set(own).size).toBe(6);
      for (const row of own) expect(Math.floor(row / 10)).toBe(sequence);
    }
  });

  it('refuses 11 candidates from a sequence of 10', () => {
    expect(() => negativesFromOwnSequence(11).draw(layout, createRandom(1))).toThrow(/at most 10/);
  });
});

describe('negativesFromOtherSequences', () => {
  it('gives sequence s rows of the 3 others only, all different, and over 200 draws each of the 30', () => {
    const sampler = negativesFromOtherSequences(6);
    expect(sampler.groups(layout)).toBe(4);
    const seen = Array.from({ length: 4 }, () => new Set<number>());
    for (let draw = 0; draw < 200; draw++) {
      const rows = sampler.draw(layout, createRandom(4).fold(draw));
      for (let sequence = 0; sequence < 4; sequence++) {
        const others = rows.subarray(sequence * 6, sequence * 6 + 6);
        expect(new Set(others).size).toBe(6);
        for (const row of others) {
          expect(Math.floor(row / 10)).not.toBe(sequence);
          expect(row).toBeLessThan(40);
          seen[sequence]?.add(row);
        }
      }
    }
    expect(seen.map((rows) => rows.size)).toEqual([30, 30, 30, 30]);
  });

  it('refuses 31 candidates where the other sequences have 30, and any where there is one sequence', () => {
    expect(() => negativesFromOtherSequences(31).draw(layout, createRandom(1))).toThrow(/at most 30/);
    expect(() => negativesFromOtherSequences(2).draw({ sequences: 1, positions: 10 }, createRandom(1))).toThrow(
      /at most 0/,
    );
  });
});

describe('negativesFromOwnAndOtherSequences', () => {
  it('gives sequence s 5 rows of its own and 5 of the 3 others, all different, and over 200 draws each of the 40', () => {
    const sampler = negativesFromOwnAndOtherSequences(10);
    expect(sampler.groups(layout)).toBe(4);
    const seen = new Set<number>();
    for (let draw = 0; draw < 200; draw++) {
      const rows = sampler.draw(layout, createRandom(6).fold(draw));
      for (let sequence = 0; sequence < 4; sequence++) {
        const group = [...rows.subarray(sequence * 10, (sequence + 1) * 10)];
        expect(new Set(group).size).toBe(10);
        expect(group.filter((row) => Math.floor(row / 10) === sequence)).toHaveLength(5);
        if (sequence === 2) for (const row of group) seen.add(row);
      }
    }
    expect(seen.size).toBe(40);
  });

  it.each([2, 7, 4.5])('refuses %s candidates: no two halves of at least 2', (count) => {
    expect(() => negativesFromOwnAndOtherSequences(count)).toThrow(/an even number of at least 4/);
  });

  it('refuses 22 candidates where a sequence has 10', () => {
    expect(() => negativesFromOwnAndOtherSequences(22).draw(layout, createRandom(1))).toThrow(/at most 10 candidates/);
  });
});
