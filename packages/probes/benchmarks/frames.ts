/**
 * Labelled frames that resemble a trained context: 41 classes that overlap, in features that are correlated because few
 * directions make most of them up. Drawn from a seed, so that anyone can repeat it.
 *
 * Letters used for shapes here:
 *   N  frames    F  features    C  classes    D  directions
 */
import { CpcArgumentError, createRandom, type Random } from '@cpc/base';
import { measureScale, standardise } from '../src/classifiers/standardise.js';
import type { LabelledExamples } from '../src/examples/examples.js';

export interface FrameSizes {
  readonly frames: number;
  readonly features: number;
  readonly classes: number;
}

/** By `--preset`. `paper`: the paper's 41 phones and 256 features of context, and as many frames as 17 minutes of speech have. */
const sizes: Readonly<Record<string, FrameSizes>> = {
  paper: { frames: 100_000, features: 256, classes: 41 },
  small: { frames: 4_000, features: 32, classes: 10 },
};

/** @throws {CpcArgumentError} if there is no preset of that name. */
export function frameSizes(where: string, preset: string): FrameSizes {
  const found = new Map(Object.entries(sizes)).get(preset);
  if (found !== undefined) return found;
  const expected = `one of ${Object.keys(sizes).join(', ')}`;
  throw new CpcArgumentError({ where, argument: '--preset', expected, received: preset });
}

const seed = 1;
/** D, deviation of a class's frames along a direction, and of what a feature has of its own. */
const [directions, spread, own] = [24, 2, 2];

/** Standardised features `[N, F]` and labels. */
export function drawFrames({ frames, features, classes }: FrameSizes): LabelledExamples {
  const random = createRandom(seed);
  const means = normals(classes * directions, random.fold('means')); // [C, D]
  const mixing = normals(directions * features, random.fold('mixing')); // [D, F]
  const labels = Int32Array.from({ length: frames }, () => random.integer(classes));
  const data = new Float32Array(frames * features);
  for (const [frame, label] of labels.entries()) {
    const row = data.subarray(frame * features, (frame + 1) * features);
    for (let feature = 0; feature < features; feature++) row[feature] = own * random.normal();
    for (let direction = 0; direction < directions; direction++) {
      const share = (means[label * directions + direction] ?? 0) + spread * random.normal();
      addScaled(row, mixing.subarray(direction * features, (direction + 1) * features), share);
    }
  }
  const raw = { shape: [frames, features], data };
  return { features: standardise(raw, measureScale(raw)), labels, classes };
}

export function normals(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

function addScaled(row: Float32Array, direction: Float32Array, share: number): void {
  for (let index = 0; index < row.length; index++) row[index] = (row[index] ?? 0) + share * (direction[index] ?? 0);
}
