/** Names that a probe was given: refused before anything is computed where nobody knows them. */
import { CpcError } from '@cpc/base';

/**
 * @param what - what the names are, such as `baselines`.
 * @throws {CpcError} for the first that is not among the known ones.
 */
export function requireKnown(what: string, names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new CpcError({ where: 'probe', expected: `${what} out of ${known.join(', ')}`, received: `"${unknown}"` });
}
