/** JSON that a person wrote: bounds that no setting needs to exceed, looked at without recursion. */
import type { ResolvedSetting } from '@cpc/records';

export type JsonValue = ResolvedSetting['value'];

const deepest = 20;

/** What `JSON.parse` gives always is. */
export function isJsonValue(value: unknown): value is JsonValue {
  return value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value);
}

/** @returns what is wrong with a value: nested too deep, or a number that is none; undefined if nothing is. */
export function problemOfJson(value: JsonValue): string | undefined {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return `expected values nested at most ${deepest} deep, received deeper ones`;
    if (level.some((item) => typeof item === 'number' && !Number.isFinite(item)))
      return 'expected finite numbers, received one that is too large';
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return undefined;
}

/** The first name that the outermost object of a JSON text has twice: of those, `JSON.parse` keeps the last in silence. */
export function repeatedName(json: string): string | undefined {
  const names = new Set<string>();
  let depth = 0;
  for (const [token, , colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && colon !== undefined) {
      const name: unknown = JSON.parse(token.slice(0, -colon.length));
      if (typeof name === 'string' && names.has(name)) return name;
      names.add(String(name));
    }
  }
  return undefined;
}
