/** What the cases of vision have in common. */
import { CpcArgumentError } from '@cpc/core';
import { type VisionSettings, visionPresets } from '@cpc/vision';

/** Beside the domain's own, `tiny` is for tests. */
const presets: Readonly<Record<string, VisionSettings>> = {
  ...visionPresets,
  tiny: { ...visionPresets.small, width: 4, contextUnits: 8, contextBlocks: 1, batchSize: 2, negativeCount: 49 },
};

/** @throws {CpcArgumentError} if there is no such preset. */
export function visionSettings(where: string, preset: string): VisionSettings {
  const settings = new Map(Object.entries(presets)).get(preset);
  if (settings !== undefined) return settings;
  const expected = `one of ${Object.keys(presets).join(', ')}`;
  throw new CpcArgumentError({ where, argument: '--preset', expected, received: preset });
}
