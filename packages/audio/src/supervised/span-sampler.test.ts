import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../data/corpus.js';
import type { LabelledSpan } from './labelled-spans.js';
import { createSpanSampler, type LabelledBatch, type SpanSamplerOptions } from './span-sampler.js';

const hopSamples = 4;
const windowFrames = 5;
const windowSamples = windowFrames * hopSamples;

/** Each sample tells its recording and its place, exactly: (1000 x recording + place + 1) / 2^14, never 0. */
const corpus = createMemoryCorpus(
  [200, 120, 41].map((length, recording) => ({
    ...{ id: `r${recording}`, speaker: 's' },
    samples: Float32Array.from({ length }, (_, place) => (1000 * recording + place + 1) / 2 ** 14),
  })),
  { name: 'ramps' },
);

/** The class of a frame is its number in the recording, but each fourth has none. */
const span = (recording: number, firstFrame: number, frames: number): LabelledSpan => ({
  ...{ recording, firstFrame },
  labels: Int32Array.from({ length: frames }, (_, index) => {
    const frame = firstFrame + index;
    return frame % 4 === 3 ? -1 : frame;
  }),
});

const spans = [span(0, 3, 30), span(1, 10, 12), span(2, 1, 3)];
const options: SpanSamplerOptions = {
  ...{ spans, windowFrames, hopSamples, batchSize: 6 },
  inputScaling: 'none',
};

interface Window {
  readonly samples: readonly number[];
  readonly labels: readonly number[];
}

function windowsOf({ waveform, labels }: LabelledBatch): Window[] {
  return Array.from({ length: waveform.shape[0] ?? 0 }, (_, window) => ({
    samples: [...waveform.data.subarray(window * windowSamples, (window + 1) * windowSamples)],
    labels: [...labels.data.subarray(window * windowFrames, (window + 1) * windowFrames)],
  }));
}

/** Where a ramp's sample lies. */
function placeOf(sample: number): { recording: number; place: number } {
  const number = sample * 2 ** 14 - 1;
  return { recording: Math.floor(number / 1000), place: number % 1000 };
}

async function drawWindows(count: number, change: Partial<SpanSamplerOptions> = {}): Promise<Window[]> {
  const sampler = createSpanSampler(corpus, { ...options, ...change });
  const random = createRandom(7);
  const windows: Window[] = [];
  while (windows.length < count) windows.push(...windowsOf(await sampler.draw(random)));
  return windows;
}

describe('createSpanSampler', () => {
  it('draws 6 windows of 20 samples and of 5 labels; a pass is 47 frames, of spans of 30, 12 and 3 that is heard as 5', async () => {
    const sampler = createSpanSampler(corpus, options);
    const { waveform, labels } = await sampler.draw(createRandom(1));
    expect(sampler.passFrames).toBe(47);
    expect([waveform.shape, waveform.data.length]).toEqual([[6, 20], 120]);
    expect([labels.shape, labels.data.length]).toEqual([[6, 5], 30]);
  });

  it('gives every frame of 600 windows its 4 samples and its own label, from spans that begin at frames 3, 10 and 1', async () => {
    const seen = new Set<number>();
    for (const { samples, labels } of await drawWindows(600)) {
      const { recording, place } = placeOf(samples[0] ?? 0);
      seen.add(recording);
      expect(place % hopSamples).toBe(0); // windows begin where frames do
      const { firstFrame = 0, labels: ofSpan = new Int32Array(0) } = spans[recording] ?? {};
      const start = place / hopSamples - firstFrame;
      for (const [index, label] of labels.entries()) {
        if (index >= ofSpan.length) continue; // silence, see below
        expect(label).toBe(ofSpan[start + index]);
        const own = samples.slice(index * hopSamples, (index + 1) * hopSamples);
        expect(own).toEqual([0, 1, 2, 3].map((by) => (1000 * recording + place + 4 * index + by + 1) / 2 ** 14));
      }
    }
    expect(seen).toEqual(new Set([0, 1, 2]));
  });

  it('never leaves the span: windows begin at each of the first 26 of 30 frames, at no other', async () => {
    const starts = (await drawWindows(3000, { spans: spans.slice(0, 1) })).map(
      ({ samples }) => placeOf(samples[0] ?? 0).place / hopSamples,
    );
    expect([...new Set(starts)].sort((a, b) => a - b)).toEqual(Array.from({ length: 26 }, (_, start) => 3 + start));
  });

  it('puts 2 frames of silence without a label behind a span of 3', async () => {
    for (const { samples, labels } of await drawWindows(6, { spans: spans.slice(2) })) {
      expect(labels).toEqual([1, 2, -1, -1, -1]); // frame 3 has no label of its own
      expect(samples.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, by) => (2000 + 4 + by + 1) / 2 ** 14));
      expect(samples.slice(12)).toEqual(Array(8).fill(0));
    }
  });

  it('draws spans of 30, 12 and 3 frames in 30, 12 and 5 of 47 windows, within 0.015 over 12,000', async () => {
    const counts = [0, 0, 0];
    for (const { samples } of await drawWindows(12_000)) {
      const { recording } = placeOf(samples[0] ?? 0);
      counts[recording] = (counts[recording] ?? 0) + 1;
    }
    for (const [recording, frames] of [30, 12, 5].entries())
      expect(Math.abs((counts[recording] ?? 0) / 12_000 - frames / 47)).toBeLessThan(0.015);
  });

  it('hears a frame of a span of 3 as often as one of 30 in the mean: in 5 of 47 windows, within 0.01 over 12,000', async () => {
    const heard = [0, 0, 0]; // frames, by recording
    for (const { samples } of await drawWindows(12_000)) {
      const { recording } = placeOf(samples[0] ?? 0);
      heard[recording] = (heard[recording] ?? 0) + samples.filter((sample) => sample !== 0).length / hopSamples;
    }
    for (const [recording, frames] of [30, 12, 3].entries())
      expect(Math.abs((heard[recording] ?? 0) / frames / 12_000 - 5 / 47)).toBeLessThan(0.01);
  });

  it('scales the 12 samples it read to mean 0 and deviation 1, before 8 of silence are added', async () => {
    const samples = Float32Array.from({ length: 12 }, (_, place) => 0.2 + 0.3 * Math.sin(place));
    const sampler = createSpanSampler(createMemoryCorpus([{ id: 'r', speaker: 's', samples }], { name: 'one' }), {
      ...{ ...options, batchSize: 1, inputScaling: 'unit-variance' },
      spans: [{ recording: 0, firstFrame: 0, labels: Int32Array.of(1, 1, 1) }],
    });
    const { waveform } = await sampler.draw(createRandom(1));
    const heard = waveform.data.subarray(0, 12);
    expect(heard.reduce((sum, sample) => sum + sample, 0)).toBeCloseTo(0, 5);
    expect(heard.reduce((sum, sample) => sum + sample ** 2, 0) / 12).toBeCloseTo(1, 5);
    expect([...waveform.data.subarray(12)]).toEqual(Array(8).fill(0));
  });

  it('draws the same batch from the same stream twice, another from another, and changes no span', async () => {
    const sampler = createSpanSampler(corpus, options);
    const before = JSON.stringify(spans);
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => sampler.draw(createRandom(seed))));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(JSON.stringify(spans)).toBe(before);
  });

  it('refuses 0 spans', () => {
    expect(() => createSpanSampler(corpus, { ...options, spans: [] })).toThrow(
      /createSpanSampler: expected at least one stretch of a recording with labelled frames to fit, received 0/,
    );
  });
});
