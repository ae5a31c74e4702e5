export { channelCount, middlePatches, patchesShape } from './data/augmentation.js';
export type { ImageEntry, ImageSet, Picture } from './data/image-set.js';
export { DamagedImageError, type SkippedImage } from './data/skipped-image.js';
export { latentSize } from './encoder/architecture.js';
export { collectExemplars, type Exemplar, type ExemplarCollector } from './exemplars.js';
export { exportContext, exportImageEncoder, exportPatchEncoder, type VisionModelParts } from './export-model.js';
export {
  createImageEncoder,
  encodeImages,
  type ImageEncoder,
  type ImageEncoderOptions,
  type PictureFeatures,
  pooledFeatures,
} from './features.js';
export { firstUnsharedOffset, imagePixels, type PatchGrid, patchCount, patchOrigin } from './geometry.js';
export { contextualise, encodePatches, initialiseVisionModel, type VisionModel } from './model.js';
export { type NearestImage, nearestImages } from './nearest-images.js';
export { patchNegatives } from './negatives.js';
export { paperPreset, smallPreset, type VisionPresetName, type VisionSettings, visionPresets } from './presets.js';
export { colourAndGradientHistograms, rawPixels } from './probes/picture-baselines.js';
export { type ResolvedVisionSettings, resolveVisionSettings, type VisionOverrides } from './settings.js';
export { createScenes, type SceneOptions, sceneClasses } from './synthesis/scenes.js';
export { createVisionDomain, type VisionDomain, type VisionDomainOptions } from './vision-domain.js';
export { visionOptimiser } from './vision-optimiser.js';
