import { createRandom, type Random } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import {
  bootstrapInterval,
  type PairedTally,
  pairedBootstrap,
  shareRight,
  tallyClusters,
  tallyPairs,
} from './bootstrap.js';

describe('tallyClusters and tallyPairs', () => {
  const labels = Int32Array.of(0, 1, 1, 0, 1);
  const recordings = ['b', 'a', 'b', 'b', 'a'];

  it('counts by cluster in order of first appearance', () => {
    expect(tallyClusters(Int32Array.of(0, 1, 0, 0, 0), labels, recordings)).toEqual([
      { right: 2, total: 3 },
      { right: 1, total: 2 },
    ]);
    expect(tallyPairs(Int32Array.of(0, 1, 0, 0, 0), Int32Array.of(0, 0, 1, 0, 0), labels, recordings)).toEqual([
      { first: 2, second: 3, total: 3 },
      { first: 1, second: 0, total: 2 },
    ]);
  });

  it('refuses 4 clusters for 5 labels', () => {
    expect(() => tallyClusters(labels, labels, [1, 1, 2, 2])).toThrow(
      /5 entries in clusters, one per label, received 4/,
    );
  });
});

/** Clusters of 5 to 14 examples, each as hard as its own draw from a uniform distribution with mean 0.6. */
function simulated(clusters: number, random: Random) {
  return Array.from({ length: clusters }, () => {
    const chance = 0.4 + 0.4 * random.uniform();
    const total = 5 + random.integer(10);
    const count = Array.from({ length: total }, () => random.uniform()).filter((draw) => draw < chance).length;
    return { right: count, total };
  });
}

describe('bootstrapInterval', () => {
  it('is the single point 3/5 where there is one cluster, and 1 to 1 where all is right', () => {
    const options = { random: createRandom(1) };
    expect(bootstrapInterval([{ right: 3, total: 5 }], options)).toEqual({ low: 0.6, high: 0.6, level: 0.95 });
    const perfect = Array.from({ length: 9 }, () => ({ right: 4, total: 4 }));
    expect(bootstrapInterval(perfect, options)).toEqual({ low: 1, high: 1, level: 0.95 });
  });

  it('of 400 single examples is 1.96 standard errors of a share to each side, to a tenth', () => {
    const coins = Array.from({ length: 400 }, (_, index) => ({ right: index % 4 === 0 ? 0 : 1, total: 1 }));
    const { low, high } = bootstrapInterval(coins, { random: createRandom(2), samples: 4000 });
    const error = Math.sqrt((0.75 * 0.25) / 400);
    expect((high - low) / 2 / (1.96 * error)).toBeGreaterThan(0.9);
    expect((high - low) / 2 / (1.96 * error)).toBeLessThan(1.1);
  });

  it('agrees with the percentiles of resampled shares in plain loops, on the same random numbers', () => {
    const tallies = simulated(12, createRandom(3));
    const random = createRandom(4);
    const shares: number[] = [];
    for (let sample = 0; sample < 200; sample++) {
      let [right, total] = [0, 0];
      for (let draw = 0; draw < 12; draw++) {
        const one = tallies[random.integer(12)];
        right += one?.right ?? 0;
        total += one?.total ?? 0;
      }
      shares.push(right / total);
    }
    shares.sort((left, one) => left - one);
    const interval = bootstrapInterval(tallies, { random: createRandom(4), samples: 200, level: 0.9 });
    expect(interval).toEqual({ low: shares[10], high: shares[189], level: 0.9 });
  });

  it('covers the true share in 92 to 97 % of 500 simulated data sets with 50 clusters', () => {
    const random = createRandom(5);
    let covered = 0;
    for (let trial = 0; trial < 500; trial++) {
      const tallies = simulated(50, random.fold('data', trial));
      const { low, high } = bootstrapInterval(tallies, { random: random.fold('bootstrap', trial), samples: 500 });
      covered += low <= 0.6 && 0.6 <= high ? 1 : 0;
    }
    expect(covered / 500).toBeGreaterThan(0.92);
    expect(covered / 500).toBeLessThan(0.97);
  });

  it('is wider over clusters than it would be over examples, where clusters differ', () => {
    const random = createRandom(6);
    const clusters = Array.from({ length: 30 }, (_, index) => ({ right: index % 2 === 0 ? 18 : 6, total: 20 }));
    const examples = clusters.flatMap(({ right, total }) =>
      Array.from({ length: total }, (_, index) => ({ right: index < right ? 1 : 0, total: 1 })),
    );
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const ratio = width(bootstrapInterval(clusters, { random })) / width(bootstrapInterval(examples, { random }));
    expect(ratio).toBeGreaterThan(2);
  });

  it('passes over clusters without examples, and refuses where there are no others', () => {
    const some = [
      { right: 0, total: 0 },
      { right: 3, total: 5 },
    ];
    expect(bootstrapInterval(some, { random: createRandom(1) }).low).toBe(0.6);
    expect(() => bootstrapInterval([{ right: 0, total: 0 }], { random: createRandom(1) })).toThrow(
      /at least 1 example/,
    );
  });

  it('refuses a level of 95 and 0 samples', () => {
    const one = [{ right: 3, total: 5 }];
    expect(() => bootstrapInterval(one, { random: createRandom(1), level: 95 })).toThrow(
      /above 0 and below 1, received 95/,
    );
    expect(() => bootstrapInterval(one, { random: createRandom(1), samples: 0 })).toThrow(/at least 1 sample/);
  });
});

/** Two systems on clusters that are hard or easy for both; the second is right 0.05 more often. */
function simulatedPairs(clusters: number, random: Random): PairedTally[] {
  return Array.from({ length: clusters }, () => {
    const chance = 0.3 + 0.6 * random.uniform();
    const draws = Array.from({ length: 20 }, () => random.uniform());
    const first = draws.filter((draw) => draw < chance).length;
    return { first, second: draws.filter((draw) => draw < chance + 0.05).length, total: 20 };
  });
}

describe('pairedBootstrap', () => {
  it('is the difference exactly, without width, where the second gets one more of ten in every cluster', () => {
    const tallies = Array.from({ length: 8 }, (_, index) => ({ first: index, second: index + 1, total: 10 }));
    const { difference, confidence } = pairedBootstrap(tallies, { random: createRandom(1) });
    expect(difference).toBeCloseTo(0.1, 12);
    expect(confidence.low).toBeCloseTo(0.1, 12);
    expect(confidence.high).toBeCloseTo(0.1, 12);
  });

  it('turns its sign when the systems change places', () => {
    const tallies = simulatedPairs(30, createRandom(2));
    const swapped = tallies.map(({ first, second, total }) => ({ first: second, second: first, total }));
    const one = pairedBootstrap(tallies, { random: createRandom(3) });
    const other = pairedBootstrap(swapped, { random: createRandom(3) });
    expect(other.difference).toBeCloseTo(-one.difference, 12);
    expect(other.confidence.low).toBeCloseTo(-one.confidence.high, 12);
    expect(one.difference).toBeCloseTo(
      shareRight(tallies.map(({ second, total }) => ({ right: second, total }))) -
        shareRight(tallies.map(({ first, total }) => ({ right: first, total }))),
      12,
    );
  });

  it('covers the true difference of 0.05 in 92 to 97 % of 400 data sets, at less than half the width of separate intervals', () => {
    const random = createRandom(4);
    let covered = 0;
    let [paired, separate] = [0, 0];
    for (let trial = 0; trial < 400; trial++) {
      const tallies = simulatedPairs(50, random.fold('data', trial));
      const options = { random: random.fold('bootstrap', trial), samples: 500 };
      const { confidence } = pairedBootstrap(tallies, options);
      covered += confidence.low <= 0.05 && 0.05 <= confidence.high ? 1 : 0;
      const first = bootstrapInterval(
        tallies.map(({ first, total }) => ({ right: first, total })),
        options,
      );
      paired += confidence.high - confidence.low;
      separate += first.high - first.low;
    }
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.97);
    expect(paired / separate).toBeLessThan(0.5);
  });
});
