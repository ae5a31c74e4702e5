/** Presets with changes: checked, complete, every value with its source. What settings there are is each domain's own. */

import { CpcArgumentError, CpcError } from '@cpc/base';
import { type ResolvedSetting, resolvedSettingSchema } from '@cpc/records';
import type { z } from 'zod';

/** The settings of a domain. */
export interface SettingsKind<Settings extends object> {
  /** In words, for errors, such as `the speech model`. */
  readonly of: string;
  readonly presets: Readonly<Record<string, Settings>>;
  /** What a setting may be; refuses unknown names and fills in those that came later than models stored without. */
  readonly schema: z.ZodObject & z.ZodType<Settings>;
}

/** Changes to a preset, by the name of the setting. */
export type ResolvedSettings = Readonly<Record<string, ResolvedSetting>>;

/**
 * A preset with overrides applied.
 *
 * @returns the settings, and the same with where each value came from, for the run record.
 * @throws {CpcError} if the preset is not known, or an override's name or value is wrong; all wrong ones are listed.
 */
export function resolveSettings<Settings extends object>(
  kind: SettingsKind<Settings>,
  preset: string,
  overrides: ResolvedSettings,
): { readonly settings: Settings; readonly resolved: ResolvedSettings } {
  const base = kind.schema.parse(presetNamed(kind, preset));
  refuseInherited(kind, overrides);
  const resolved: Record<string, ResolvedSetting> = Object.fromEntries(
    Object.entries(base).map(([name, value]) => [name, resolvedSettingSchema.parse({ value, source: 'preset' })]),
  );
  for (const [name, override] of Object.entries(overrides)) resolved[name] = override;
  const values = Object.fromEntries(Object.entries(resolved).map(([name, { value }]) => [name, value]));
  return { settings: parseSettings(kind, values, 'settings'), resolved };
}

/**
 * Settings from plain values, such as those stored with a model.
 *
 * @param where - named in the error.
 * @throws {CpcError} if a name or value is wrong.
 */
export function parseSettings<Settings extends object>(
  { of, schema }: SettingsKind<Settings>,
  values: unknown,
  where: string,
): Settings {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new CpcError({
    where,
    expected: `settings of ${of}`,
    received: problems.join('; '),
    fix: `Settings are ${Object.keys(schema.shape).join(', ')}.`,
  });
}

/** Names such as `__proto__`, which a schema passes over. */
function refuseInherited<Settings extends object>(
  { of, schema }: SettingsKind<Settings>,
  overrides: ResolvedSettings,
): void {
  const names = Object.keys(overrides).filter((name) => name in {} && !Object.hasOwn(schema.shape, name));
  if (names.length === 0) return;
  throw new CpcError({
    where: 'settings',
    expected: `settings of ${of}`,
    received: `Unrecognized key: ${names.map((name) => `"${name}"`).join(', ')}`,
    fix: `Settings are ${Object.keys(schema.shape).join(', ')}.`,
  });
}

function presetNamed<Settings extends object>({ presets }: SettingsKind<Settings>, name: string): Settings {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset !== undefined) return preset;
  throw new CpcError({
    where: 'preset',
    expected: `one of ${Object.keys(presets).join(', ')}`,
    received: `"${name}"`,
  });
}

/**
 * Refuses settings that contradict one another, before anything is prepared.
 *
 * @param contradictions - a setting's name and what it should be, each.
 * @throws {CpcArgumentError} with all of them.
 */
export function requireConsistent(contradictions: readonly (readonly [string, string])[]): void {
  if (contradictions.length === 0) return;
  throw new CpcArgumentError({
    where: 'settings',
    argument: '--set',
    expected: 'settings that go together',
    received: contradictions.map(([name, problem]) => `${name}: ${problem}`).join('; '),
  });
}
