/** Settings that were not left to the preset: a file of them, then `--set`, later ones winning. */
import { CpcError, UsageError } from '@cpc/base';
import type { ResolvedSetting } from '@cpc/records';
import { readRegularText } from '../files/regular-file.js';
import { isJsonValue, type JsonValue, problemOfJson, repeatedName } from './json-value.js';
import type { Assignment } from './values.js';
import { visibleLine } from './visible.js';

type Overrides = Record<string, ResolvedSetting>;

/**
 * @param file - a JSON file that holds one object.
 * @throws {UsageError} if the file cannot be read or holds something else.
 */
export async function readOverrides(file: string | undefined, assignments: readonly Assignment[]): Promise<Overrides> {
  const fromFile: Overrides = file === undefined ? {} : await readConfig(file);
  const typed = assignments.map(({ name, text }) => [name, { value: typedValue(name, text), source: 'set' }] as const);
  return Object.fromEntries([...Object.entries(fromFile), ...typed]);
}

async function readConfig(file: string): Promise<Overrides> {
  const text = await readText(file);
  const parsed = parseJson(text, file);
  if (!isJsonValue(parsed) || typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new UsageError(`--config ${file}: expected one JSON object, such as {"batchSize": 8}.`);
  const repeated = repeatedName(text);
  if (repeated !== undefined) throw new UsageError(`--config ${file}: has "${repeated}" more than once.`);
  const problem = problemOfJson(parsed);
  if (problem !== undefined) throw new UsageError(`--config ${file}: ${problem}.`);
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, { value, source: 'config' }]));
}

async function readText(file: string): Promise<string> {
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
    throw new UsageError(`--config ${file}: expected JSON (${visibleLine(reasonOf(error))}).`);
  }
}

/** JSON where it is JSON, else the text itself: `8` is a number, `adam` is a text, `"8"` is a text. */
function typedValue(name: string, text: string): JsonValue {
  const value = parsedValue(text);
  const problem = problemOfJson(value);
  if (problem === undefined) return value;
  throw new UsageError(`--set ${name}: ${problem}.`);
}

function parsedValue(text: string): JsonValue {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonValue(value) ? value : text;
  } catch {
    return text;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
