/** Pictures that cannot be used, and the error that says so. */
import { CpcError, type SkippedFile } from '@cpc/core';

/** A file that is not used, and why. */
export type SkippedImage = SkippedFile;

const errorName = 'DamagedImageError';

/** A picture that cannot be used: truncated, empty, too large, animated, no picture at all, or gone since it was listed. */
export class DamagedImageError extends CpcError {
  override readonly name = errorName;

  /** True also for an error of another copy of this package. */
  static override isInstance(error: unknown): error is DamagedImageError {
    return CpcError.isInstance(error) && error.name === errorName;
  }
}
