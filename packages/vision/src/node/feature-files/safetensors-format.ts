/** `.safetensors`: all images in one tensor `features`; the metadata name images and classes in its order, as JSON lists. */
import { safetensorsHeader } from '@cpc/core';
import type { FeatureFormat } from './feature-format.js';
import { rawRowsWriter, shapeOf } from './raw-rows.js';

export const safetensorsFormat: FeatureFormat = {
  begin: (file, contents) => {
    const metadata = {
      images: JSON.stringify(contents.images.map(({ name }) => name)),
      classes: JSON.stringify(contents.images.map(({ label }) => label)),
      settings: JSON.stringify(contents.settings),
    };
    return rawRowsWriter(file, safetensorsHeader({ features: shapeOf(contents) }, metadata));
  },
  description: (contents) => `features, float32 [${shapeOf(contents).join(', ')}]`,
};
