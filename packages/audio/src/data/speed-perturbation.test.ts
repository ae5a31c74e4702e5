import { createRandom, type Random } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createSpeedPerturbation } from './speed-perturbation.js';

const sine = (length: number, hz: number) =>
  Float32Array.from({ length }, (_, index) => Math.sin((2 * Math.PI * hz * index) / 16_000));

/** Gives the same whole number always. */
const always = (value: number): Random => ({ ...createRandom(1), integer: () => value }) as Random;

/** Frequency by the upward zero crossings of the middle part. */
function hertz(samples: Float32Array): number {
  const crossings: number[] = [];
  for (let index = 200; index < samples.length - 200; index++) {
    const [before = 0, now = 0] = [samples[index - 1], samples[index]];
    if (before < 0 && now >= 0) crossings.push(index - now / (now - before));
  }
  const [first = 0, last = 0] = [crossings[0], crossings.at(-1)];
  return (16_000 * (crossings.length - 1)) / (last - first);
}

describe('createSpeedPerturbation', () => {
  it.each([
    [0, 800], // 0.8 of the speed
    [8, 1000],
    [16, 1200], // 1.2
  ])('of 0.2 makes at draw %d of 1 kHz %d Hz', (draw, expected) => {
    const speeds = createSpeedPerturbation(0.2);
    const source = sine(speeds.sourceSamples(8000), 1000);
    const window = speeds.perturb(source, 8000, always(draw));
    expect(window).toHaveLength(8000);
    expect(hertz(window)).toBeCloseTo(expected, 1);
  });

  it('draws each of 9 speeds from 0.9 to 1.1 about equally often', () => {
    const speeds = createSpeedPerturbation(0.1);
    const source = sine(speeds.sourceSamples(4000), 1000);
    const random = createRandom(5);
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 450; draw++) {
      const hz = Math.round(hertz(speeds.perturb(source, 4000, random)));
      counts.set(hz, (counts.get(hz) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((left, right) => left - right)).toEqual([
      900, 925, 950, 975, 1000, 1025, 1050, 1075, 1100,
    ]);
    for (const count of counts.values()) expect(count).toBeGreaterThan(25); // 50 expected, deviation 7
  });

  it('needs a source that the fastest window ends in: 24,576 samples for 20,480 at 1.2', () => {
    const speeds = createSpeedPerturbation(0.2);
    expect(speeds.sourceSamples(20_480)).toBe(24_576);
    const constant = new Float32Array(24_576).fill(1);
    const window = speeds.perturb(constant, 20_480, always(16));
    expect(window[20_400]).toBeCloseTo(1, 3); // still speech, not the silence behind it
  });

  it('of 0 copies, and draws nothing', () => {
    const speeds = createSpeedPerturbation(0);
    const source = sine(speeds.sourceSamples(400), 1000);
    const random = createRandom(3);
    const window = speeds.perturb(source, 400, random);
    expect(window).toEqual(source);
    expect(window).not.toBe(source);
    expect(random.integer(1000)).toBe(createRandom(3).integer(1000));
  });

  it.each([-0.1, 0.51, Number.NaN])('refuses an amount of %d', (amount) => {
    expect(() => createSpeedPerturbation(amount)).toThrow(/amount from 0 to 0.5/);
  });
});
