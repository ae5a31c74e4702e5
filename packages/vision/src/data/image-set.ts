/**
 * Pictures as training and probes see them: numbered, all brought to one square size, each perhaps with a class.
 *
 * Letters used for shapes here:
 *   R  pixels of a picture's side
 */
import type { SkippedImage } from './skipped-image.js';

/** A picture: `[R, R, 3]`, rows from the top, red, green and blue from 0 to 255. */
export interface Picture {
  /** R. */
  readonly side: number;
  readonly data: Uint8Array;
}

/** What is known of a picture before it is read. */
export interface ImageEntry {
  /** Such as its path below the folder. */
  readonly name: string;
  /** Index in `classes`; left out where there are none. */
  readonly label?: number;
  /** Where the data themselves say what is to be held out. */
  readonly side?: 'train' | 'test';
}

export interface ImageSet {
  /** For errors. */
  readonly name: string;
  readonly images: readonly ImageEntry[];
  /** Names of the classes; empty where images have none. */
  readonly classes: readonly string[];
  /** Files that were found when the set was opened, and are not used. */
  readonly skipped: readonly SkippedImage[];
  /** What else a user should know about how the files were read. */
  readonly warnings?: readonly string[];
  /** Of everything that decides the pictures. */
  readonly fingerprint: string;
  /**
   * A picture at the size of the set; not to be changed.
   *
   * @throws {DamagedImageError} if it cannot be decoded.
   */
  readonly read: (index: number) => Promise<Picture>;
}
