/** Refuses an update whose loss or gradient is no number, before its parameters count. */
import { CpcError, type ErrorParts } from '@cpc/base';
import type { HostArray, Tree } from '../parameter-tree.js';

const errorName = 'NotFiniteError';

/** Parameters that a finite loss was measured with. */
export interface LastGood {
  /** Updates that they have seen. */
  readonly step: number;
  readonly parameters: Tree<HostArray>;
}

/** Training has met a loss or gradient that is no number. */
export class NotFiniteError extends CpcError {
  override readonly name = errorName;
  /** What to go on from with other settings; undefined where the first loss of all was no number. */
  readonly lastGood: LastGood | undefined;

  constructor(parts: ErrorParts, lastGood?: LastGood) {
    super(parts);
    this.lastGood = lastGood;
  }

  /** True also for an error of another copy of this package. */
  static override isInstance(error: unknown): error is NotFiniteError {
    return CpcError.isInstance(error) && error.name === errorName;
  }
}

/**
 * @param what - what the value is, for people: `loss`, `gradient norm`.
 * @param step - number of the update.
 * @param lastGood - asked where the value is not finite.
 * @throws {NotFiniteError} if the value is NaN or infinite.
 */
export function requireFinite(
  what: string,
  value: number,
  step: number,
  lastGood: () => LastGood | undefined = () => undefined,
): number {
  if (Number.isFinite(value)) return value;
  const good = lastGood();
  const before = good === undefined ? 'There was no finite loss before. ' : '';
  throw new NotFiniteError(
    {
      where: `training step ${step}`,
      expected: `a finite ${what}`,
      received: String(value),
      fix: `${before}Lower the learning rate, set clipNorm, or look at the batch of this step for damaged data.`,
    },
    good,
  );
}
