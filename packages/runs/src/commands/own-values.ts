/** The options that a domain adds to a shared command. */
import type { CommandOptions, GivenOf } from './option.js';

/** The values of a domain's own options. */
export function ownValues<Own extends CommandOptions>(given: object, own: Own | undefined): Partial<GivenOf<Own>> {
  const keys = Object.keys(own ?? {});
  return Object.fromEntries(keys.map((key) => [key, Reflect.get(given, key)])) as Partial<GivenOf<Own>>; // those keys
}

/** What may be files that are read. */
export function pathsIn(values: object): string[] {
  return Object.values(values).filter((value) => typeof value === 'string');
}
