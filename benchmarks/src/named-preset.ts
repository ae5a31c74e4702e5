/** The settings that `--preset` names. */
import { CpcArgumentError } from '@cpc/core';

/**
 * @param where - what was called, for the error.
 * @throws {CpcArgumentError} if there is no preset of that name, listing those there are.
 */
export function namedPreset<Settings>(
  where: string,
  presets: Readonly<Record<string, Settings>>,
  preset: string,
): Settings {
  const settings = new Map(Object.entries(presets)).get(preset);
  if (settings !== undefined) return settings;
  const expected = `one of ${Object.keys(presets).join(', ')}`;
  throw new CpcArgumentError({ where, argument: '--preset', expected, received: preset });
}
