/**
 * Where an image's one vector comes from: the trained model, the same before its first update, raw pixels, or histograms.
 *
 * Letters used for shapes here:
 *   M  images    F  features
 */
import { type Engine, type HostArray, joinRows, type Tree, untrainedModel } from '@cpc/core';
import type { ImageSet, Picture } from '../data/image-set.js';
import { createImageEncoder, encodeImages, pooledFeatures } from '../features.js';
import { initialiseVisionModel } from '../model.js';
import type { VisionSettings } from '../presets.js';

export interface ProbedVision {
  readonly settings: VisionSettings;
  readonly parameters: Tree<HostArray>;
  /** Of the run. */
  readonly seed: number;
  readonly engine: Engine;
}

export type Representation = 'latent' | 'context';

export interface FeatureSource {
  /** Left out for the trained model. */
  readonly baseline?: string;
  readonly representation: string;
  /** Gives `[M, F]` of these images after telling, image by image, how many are done. */
  readonly features: (images: ImageSet, indices: readonly number[]) => AsyncGenerator<number, HostArray, undefined>;
}

/** The run's own model. */
export function trainedFeatures(model: ProbedVision, representation: Representation): FeatureSource {
  return { representation, features: modelFeatures(model, model.parameters, representation) };
}

/** The same before its first update. */
export function randomFeatures(model: ProbedVision, representation: Representation): FeatureSource {
  const initialise = (random: Parameters<typeof initialiseVisionModel>[1]) =>
    initialiseVisionModel(model.settings, random);
  const parameters = untrainedModel({ initialise }, model.seed);
  return { baseline: 'random', representation, features: modelFeatures(model, parameters, representation) };
}

/** Pictures computed together. */
const block = 16;

function modelFeatures(
  { settings, engine }: ProbedVision,
  parameters: Tree<HostArray>,
  representation: Representation,
): FeatureSource['features'] {
  return async function* (images, indices) {
    const encoder = createImageEncoder({ settings, parameters, engine, batchSize: block });
    try {
      const rows: HostArray[] = [];
      for (let first = 0; first < indices.length; first += block) {
        const part = indices.slice(first, first + block);
        const { latents, contexts } = await encodeImages(encoder, images, part);
        rows.push(pooledFeatures(representation === 'latent' ? latents : contexts));
        yield Math.min(indices.length, first + block);
      }
      return joinRows(rows);
    } finally {
      await encoder.dispose();
    }
  };
}

/** Features of each picture by itself, by a function of the host. */
export function pictureFeatures(baseline: string, featuresOf: (picture: Picture) => Float32Array): FeatureSource {
  return {
    baseline,
    representation: baseline,
    features: async function* (images, indices) {
      const rows: HostArray[] = [];
      for (const [done, index] of indices.entries()) {
        const data = featuresOf(await images.read(index));
        rows.push({ shape: [1, data.length], data });
        if ((done + 1) % block === 0) yield done + 1;
      }
      return joinRows(rows);
    },
  };
}
