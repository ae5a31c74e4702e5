import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { expectedLabelCount, framePhones, latentLabels, wholeHops } from './frame-labels.js';

const classOf = (phone: string): number | undefined => ({ aa: 0, sh: 1 })[phone];

describe('framePhones', () => {
  it('takes the phone at each centre: samples 80, 240 and 400', () => {
    const segments = [
      { startSample: 0, endSample: 240, phone: 'aa' },
      { startSample: 240, endSample: 400, phone: 'sh' },
      { startSample: 400, endSample: 500, phone: 'aa' },
    ];
    expect([...framePhones(segments, 3, classOf)]).toEqual([0, 1, 0]);
  });

  it('gives the centre itself, sample 80, to the segment that begins there', () => {
    const at = (border: number) =>
      framePhones(
        [
          { startSample: 0, endSample: border, phone: 'aa' },
          { startSample: border, endSample: 160, phone: 'sh' },
        ],
        1,
        classOf,
      )[0];
    expect([at(80), at(81)]).toEqual([1, 0]);
  });

  it('gives -1 in gaps, behind the end, and to phones without a class', () => {
    const segments = [
      { startSample: 160, endSample: 320, phone: 'aa' },
      { startSample: 480, endSample: 640, phone: 'q' },
    ];
    expect([...framePhones(segments, 5, classOf)]).toEqual([-1, 0, -1, -1, -1]);
  });

  it('agrees with a search of all segments for each of 500 random layouts', () => {
    const random = createRandom(7);
    for (let round = 0; round < 500; round += 1) {
      const borders = Array.from({ length: 8 }, () => random.integer(1_000)).sort((a, b) => a - b);
      const segments = borders
        .slice(1)
        .map((endSample, index) => ({
          startSample: borders[index] ?? 0,
          endSample,
          phone: index % 2 === 0 ? 'aa' : 'sh',
        }))
        .filter(({ startSample, endSample }) => endSample > startSample);
      const grid = { hopSamples: 1 + random.integer(200), centreOffsetSamples: random.integer(100) };
      const expected = Array.from({ length: 6 }, (_, frame) => {
        const centre = frame * grid.hopSamples + grid.centreOffsetSamples;
        const found = segments.find(({ startSample, endSample }) => startSample <= centre && centre < endSample);
        return found === undefined ? -1 : classOf(found.phone);
      });
      expect([...framePhones(segments, 6, classOf, grid)]).toEqual(expected);
    }
  });

  it('refuses -1 frames and a hop of 0', () => {
    expect(() => framePhones([], -1, classOf)).toThrow('-1 frames');
    expect(() => framePhones([], 1, classOf, { hopSamples: 0 })).toThrow('a hop of 0');
  });
});

describe('latentLabels', () => {
  const labels = [10, 11, 12, 13];

  it('gives latent t label t, and the last 2 of 6 latents none', () => {
    expect([...latentLabels(labels, 6)]).toEqual([10, 11, 12, 13, -1, -1]);
  });

  it('gives latent t label t - 1 when paired by the nearest centre, and the first latent none', () => {
    expect([...latentLabels(labels, 6, 'nearest-centre')]).toEqual([-1, 10, 11, 12, 13, -1]);
  });

  it('leaves 1 or 2 trailing latents of any recording of 400 samples and more without a label', () => {
    const trailing = new Set<number>();
    for (let n = 400; n < 3_000; n += 1) trailing.add(wholeHops(n) - expectedLabelCount(n));
    expect([...trailing].sort()).toEqual([1, 2]);
  });

  it('leaves 0 or 1 trailing latents without a label when paired by the nearest centre', () => {
    const trailing = new Set<number>();
    for (let n = 400; n < 3_000; n += 1) {
      const latents = latentLabels(new Array(expectedLabelCount(n)).fill(5), wholeHops(n), 'nearest-centre');
      trailing.add([...latents].reverse().indexOf(5));
    }
    expect([...trailing].sort()).toEqual([0, 1]);
  });

  it('is 120 samples late by index and 40 early by the nearest centre', () => {
    const latentCentre = (t: number) => 160 * t + 80;
    const labelCentre = (i: number) => 160 * i + 200;
    expect(labelCentre(7) - latentCentre(7)).toBe(120);
    expect(labelCentre(7 - 1) - latentCentre(7)).toBe(-40);
  });
});

describe('expectedLabelCount', () => {
  it.each([
    [399, 0],
    [400, 1],
    [559, 1],
    [560, 2],
    [81_520, 508],
    [179_360, 1_119],
  ])('is, for %d samples, %d', (sampleCount, labels) => {
    expect(expectedLabelCount(sampleCount)).toBe(labels);
  });
});
