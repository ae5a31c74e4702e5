/** What the cases of vision have in common. */
import { type VisionSettings, visionPresets } from '@cpc/vision';
import { namedPreset } from '../../../benchmarks/src/named-preset.js';

/** Beside the domain's own, `tiny` is for tests. */
const presets: Readonly<Record<string, VisionSettings>> = {
  ...visionPresets,
  tiny: { ...visionPresets.small, width: 4, contextUnits: 8, contextBlocks: 1, batchSize: 2, negativeCount: 49 },
};

/** @throws {CpcArgumentError} if there is no such preset. */
export function visionSettings(where: string, preset: string): VisionSettings {
  return namedPreset(where, presets, preset);
}
