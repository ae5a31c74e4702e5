import { createRandom } from '@cpc/core';
import { expect, it } from 'vitest';
import { createResampler } from './resample.js';
import { createResampledStream } from './resampled-stream.js';

const noise = (length: number) => {
  const random = createRandom(1);
  return Float32Array.from({ length }, () => random.uniform() * 2 - 1);
};

it.each([
  [16_000, 20_000],
  [8_000, 9_001],
  [44_100, 30_011],
  [1_000, 777],
  [48_000, 5],
])('gives the bits of one piece from pieces of 0 to 4,096 samples at %d Hz, %d samples long', (rateHz, length) => {
  const resampler = createResampler(rateHz, 16_000);
  const input = noise(length);
  const whole = resampler(input);
  const random = createRandom(2);
  const output = new Float32Array(whole.length);
  const stream = createResampledStream(resampler, output);
  for (let start = 0; start < length; ) {
    const end = Math.min(length, start + Math.floor(random.uniform() * 4_097));
    stream.add(input.subarray(start, end));
    start = end;
  }
  stream.finish();
  expect(stream.received()).toBe(length);
  expect(output).toEqual(whole);
});
