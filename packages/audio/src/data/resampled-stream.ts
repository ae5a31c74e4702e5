/** Resamples a recording that comes in pieces, bit for bit as in one piece: no more of the input is kept than the filter reaches. */
import type { Resampler } from './resample.js';

/** Fills an array with the output; pieces of the input come in order. */
export interface ResampledStream {
  readonly add: (piece: Float32Array) => void;
  /** The input has ended: what is missing of the output is computed with zeros behind the input. */
  readonly finish: () => void;
  /** Input samples so far. */
  readonly received: () => number;
}

/** @param output - filled from its beginning; what the input makes beyond its end is dropped. */
export function createResampledStream(resampler: Resampler, output: Float32Array): ResampledStream {
  let kept = new Float32Array(0); // the input from `begin` on
  let [begin, received, written] = [0, 0, 0];
  const write = (stop: number) => {
    output.set(resampler.part(kept, begin, written, stop), written);
    written = stop;
    const needed = Math.min(received, resampler.inputRange(written, written + 1, Infinity)[0]);
    kept = kept.slice(needed - begin);
    begin = needed;
  };
  return {
    add: (piece) => {
      received += piece.length;
      if (written === output.length) return;
      kept = joined(kept, piece);
      const stop = lastOutput(resampler, received, written, output.length);
      if (stop > written) write(stop);
    },
    finish: () => {
      if (written < output.length) write(output.length);
    },
    received: () => received,
  };
}

/** How much of the output, at most `most`, is made from the first `received` samples of the input alone; at least `low`. */
function lastOutput(resampler: Resampler, received: number, low: number, most: number): number {
  let [known, unknown] = [low, most + 1];
  while (unknown - known > 1) {
    const middle = Math.floor((known + unknown) / 2);
    if (resampler.inputRange(low, middle, Infinity)[1] <= received) known = middle;
    else unknown = middle;
  }
  return known;
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
