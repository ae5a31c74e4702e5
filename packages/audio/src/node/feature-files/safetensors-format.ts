/** `.safetensors`: one tensor per recording under its id. */
import { safetensorsHeader } from '@cpc/core';
import { corpusSampleRateHz } from '../../data/corpus.js';
import type { FeatureFormat } from './feature-format.js';
import { rawRowsWriter } from './raw-rows.js';

export const safetensorsFormat: FeatureFormat = {
  begin: (file, { recordings, width }) => {
    const shapes = Object.fromEntries(recordings.map(({ id, rows }) => [id, [rows, width]]));
    return rawRowsWriter(file, safetensorsHeader(shapes, { sampleRateHz: String(corpusSampleRateHz) }));
  },
  description: (recordings) => `${recordings.length} recordings, one tensor each`,
};
