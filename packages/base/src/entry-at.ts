/** Looking up what cannot be missing: a label, a fold, a place in the data. */
import { CpcError } from './errors.js';

/**
 * The entry at a place. Another place is a fault that would otherwise go on as a wrong number.
 *
 * @param what - of which list, for the error, such as `labels`.
 * @throws {CpcError} if the list has no such place.
 *
 * @example
 * entryAt([3, 5], 1, 'labels'); // 5
 */
export function entryAt<Value>(values: ArrayLike<Value>, place: number, what: string): Value {
  const value = values[place];
  if (value !== undefined) return value;
  const expected = values.length === 0 ? 'at least 1 entry' : `a place from 0 to ${values.length - 1}`;
  throw new CpcError({ where: what, expected, received: place });
}
