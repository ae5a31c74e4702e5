/** A whole training step of the vision model, beside the same step in PyTorch: on built-in scenes, so that anyone can repeat it. */
import { adam, batchOf, createRandom, initialiseModel } from '@cpc/core';
import type { BenchmarkCase, StepInput } from '@cpc/testing';
import { createScenes, createVisionDomain, type VisionSettings } from '@cpc/vision';
import { visionSettings } from './vision-input.js';

const seed = 1;
/** Batches that the steps go through in turn. */
const batchCount = 4;
/** Images of a batch small enough that no input of a ReLU need lie within rounding of 0. */
const checkedImages = 2;
/** More layers than these have so many units that the check takes the same layers with fewer channels, on smaller patches. */
const checkedDepth = 50;
/** Batches of them, among which the check looks for one on which both sides agree. */
const checkedBatches = 8;

export const trainingStep: BenchmarkCase<StepInput> = {
  name: 'vision',
  summary: 'one training step of the vision model: loss, gradients, Adam',
  timed: true,
  prepare: async ({ preset }) => visionInput(visionSettings('bench vision', preset), batchCount),
  checkedOn: {
    what: `${checkedImages} images (of more than ${checkedDepth} layers: with a quarter of the channels and of the patches' sides)`,
    prepare: async ({ preset }) =>
      visionInput(ofImages(visionSettings('bench vision', preset), checkedImages), checkedBatches),
  },
  ours: (input, tools) => tools.trainingStep(input, 'onnx'),
  peer: (input, tools) => tools.pythonTwin(input, 'packages/vision/benchmarks/training_step.py'),
};

/** The same model on fewer images, whose patches are the candidates; a deep one is made smaller. */
function ofImages(settings: VisionSettings, batchSize: number): VisionSettings {
  const fewer = { ...settings, batchSize, negativeCount: batchSize * settings.gridSize ** 2 };
  if (settings.depth <= checkedDepth) return fewer;
  const { resizePixels, patchPixels, patchStride, subcropPixels, width } = settings;
  const quarters = Object.entries({ resizePixels, patchPixels, patchStride, subcropPixels, width });
  return { ...fewer, ...Object.fromEntries(quarters.map(([name, length]) => [name, Math.ceil(length / 4)])) };
}

async function visionInput(settings: VisionSettings, batches: number): Promise<StepInput> {
  const images = createScenes({ seed, train: 2 * settings.batchSize, test: 0, side: settings.resizePixels });
  const domain = createVisionDomain(images, settings);
  const random = createRandom(seed);
  const numbers = Array.from({ length: batches }, (_, index) => index + 1);
  return {
    settings,
    domain,
    optimiser: adam({ learningRate: settings.learningRate }),
    clipNorm: settings.clipNorm,
    parameters: initialiseModel(domain, random.fold('initialise')),
    batches: await Promise.all(numbers.map((number) => batchOf(domain, random, number))),
  };
}
