/** Settings that were not left to the preset: a file of them, then `--set`, later ones winning. */
import type { ResolvedSetting } from '@cpc/records';
import { z } from 'zod';
import { UsageError } from '../errors.js';
import type { Assignment } from './values.js';

type Overrides = Record<string, ResolvedSetting>;

const configSchema = z.record(z.string(), z.json());

/**
 * @param file - a JSON file that holds one object.
 * @throws {UsageError} if the file cannot be read or holds something else.
 */
export async function readOverrides(file: string | undefined, assignments: readonly Assignment[]): Promise<Overrides> {
  const fromFile: Overrides = file === undefined ? {} : await readConfig(file);
  const typed = assignments.map(({ name, text }) => [name, { value: typedValue(text), source: 'set' as const }]);
  return { ...fromFile, ...Object.fromEntries(typed) };
}

async function readConfig(file: string): Promise<Overrides> {
  const parsed = configSchema.safeParse(parseJson(await readText(file), file));
  if (!parsed.success) {
    throw new UsageError(`--config ${file}: expected one JSON object, such as {"batchSize": 8}.`);
  }
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, value]) => [name, { value, source: 'config' as const }]),
  );
}

async function readText(file: string): Promise<string> {
  const { CpcError } = await import('@cpc/core');
  const { readRegularText } = await import('@cpc/core/node');
  try {
    return await readRegularText(file);
  } catch (error) {
    const reason = CpcError.isInstance(error) ? `it is ${error.received}` : reasonOf(error);
    throw new UsageError(`--config ${file}: cannot be read (${reason}).`);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--config ${file}: expected JSON (${reasonOf(error)}).`);
  }
}

/** JSON where it is JSON, else the text itself: `8` is a number, `adam` is a text, `"8"` is a text. */
function typedValue(text: string): ResolvedSetting['value'] {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return text;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
