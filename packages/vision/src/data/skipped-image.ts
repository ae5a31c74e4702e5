/** Pictures that cannot be used, and the error that says so. */
import { CpcError } from '@cpc/core';

/** Something that was left out, and why. */
export interface SkippedImage {
  readonly path: string;
  readonly reason: string;
}

const errorName = 'DamagedImageError';

/** A picture that every reading finds unusable: truncated, empty, too large, animated, or no picture at all. */
export class DamagedImageError extends CpcError {
  override readonly name = errorName;

  /** True also for an error of another copy of this package. */
  static override isInstance(error: unknown): error is DamagedImageError {
    return CpcError.isInstance(error) && error.name === errorName;
  }
}
