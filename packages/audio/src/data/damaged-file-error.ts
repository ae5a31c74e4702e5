/**
 * The error of every parser here that reads files made elsewhere.
 *
 * All of them refuse through it, so that a program can leave damaged files out (`openSpeechCorpus` does) and still fail on
 * everything else.
 */
import { CpcError, type ErrorParts } from '@cpc/core';

const marker = Symbol.for('@cpc/audio.DamagedFileError');

/**
 * What is wrong with a file.
 *
 * - `damaged`: its bytes; whoever reads them finds the same.
 * - `unreadable`: the operating system does not hand them out, now.
 * - `changed`: it is whole, but another than when the corpus was opened.
 */
export type DamageKind = 'damaged' | 'unreadable' | 'changed';

/**
 * A file that cannot be read: damaged, cut short, or of a kind that is not supported. `where` is its name.
 *
 * @example
 * try { decodeWav(bytes, 'a.wav'); } catch (error) { if (DamagedFileError.isInstance(error)) console.error(error.where); }
 */
export class DamagedFileError extends CpcError {
  override readonly name = 'DamagedFileError';
  readonly [marker] = true;
  readonly kind: DamageKind;

  constructor({ kind = 'damaged', ...parts }: ErrorParts & { readonly kind?: DamageKind }) {
    super(parts);
    this.kind = kind;
  }

  /** True for any DamagedFileError, also one made by a second copy of this package. */
  static override isInstance(error: unknown): error is DamagedFileError {
    return error instanceof Error && marker in error;
  }
}
