import { expect, it } from 'vitest';
import * as vision from './index.js';

it('exports these names and no others', () => {
  expect(Object.keys(vision).sort()).toEqual([
    'DamagedImageError',
    'channelCount',
    'collectExemplars',
    'colourAndGradientHistograms',
    'contextualise',
    'createImageEncoder',
    'createScenes',
    'createVisionDomain',
    'encodeImages',
    'encodePatches',
    'exportContext',
    'exportImageEncoder',
    'exportPatchEncoder',
    'firstUnsharedOffset',
    'imagePixels',
    'initialiseVisionModel',
    'latentSize',
    'middlePatches',
    'nearestImages',
    'paperPreset',
    'patchCount',
    'patchNegatives',
    'patchOrigin',
    'patchesShape',
    'pooledFeatures',
    'rawPixels',
    'resolveVisionSettings',
    'sceneClasses',
    'smallPreset',
    'visionOptimiser',
    'visionPresets',
  ]);
});
