/** Refuses an update whose loss or gradient is no number, before its parameters count. */
import { CpcError } from '../errors.js';

/**
 * @param what - what the value is, for people: `loss`, `gradient norm`.
 * @param step - number of the update.
 * @throws {CpcError} if the value is NaN or infinite.
 */
export function requireFinite(what: string, value: number, step: number): number {
  if (Number.isFinite(value)) return value;
  throw new CpcError({
    where: `training step ${step}`,
    expected: `a finite ${what}`,
    received: String(value),
    fix: 'The parameters of the step before are kept. Lower the learning rate, set clipNorm, or look at the batch of this step for damaged data.',
  });
}
