/** Features on a common scale, measured on training examples only. */
import type { HostArray } from '@cpc/core';

/** Mean and standard deviation of every feature. */
export interface FeatureScale {
  readonly means: Float64Array;
  /** Never 0: a feature that does not vary keeps its scale. */
  readonly deviations: Float64Array;
}

/** @param features - `[N, F]`. */
export function measureScale({ shape, data }: HostArray): FeatureScale {
  const [examples = 0, width = 0] = shape;
  const sums = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let example = 0; example < examples; example++) {
    for (let feature = 0; feature < width; feature++) {
      const value = data[example * width + feature] ?? 0;
      sums[feature] = (sums[feature] ?? 0) + value;
      squares[feature] = (squares[feature] ?? 0) + value * value;
    }
  }
  const means = sums.map((sum) => sum / Math.max(1, examples));
  const deviations = squares.map((square, feature) => {
    const mean = means[feature] ?? 0;
    const variance = square / Math.max(1, examples) - mean * mean;
    return variance > 1e-12 * Math.max(1, mean * mean) ? Math.sqrt(variance) : 1;
  });
  return { means, deviations };
}

/** New features with mean 0 and deviation 1 on the examples that `scale` was measured on. */
export function standardise({ shape, data }: HostArray, { means, deviations }: FeatureScale): HostArray {
  const width = means.length;
  const scaled = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    for (let feature = 0; feature < width; feature++) {
      scaled[row + feature] = ((data[row + feature] ?? 0) - (means[feature] ?? 0)) / (deviations[feature] ?? 1);
    }
  }
  return { shape, data: scaled };
}
