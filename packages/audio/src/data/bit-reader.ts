/**
 * A cursor over the bits of a byte array, highest bit first, that refuses to read past the end.
 *
 * Made for the inner loop of a decoder: it keeps up to 32 bits at hand and looks at the bytes only to fill them up.
 */
import { DamagedFileError } from './damaged-file-error.js';

/** Reads whole numbers of 0 to 32 bits and runs of zeros from `bytes`. */
export class BitReader {
  private cache = 0; // the next bits, from the highest down; those below `count` are 0
  private count = 0;

  /**
   * @param bytes - what to read.
   * @param next - the first byte to read.
   * @param where - the file's name, for errors.
   */
  constructor(
    private readonly bytes: Uint8Array,
    private next: number,
    readonly where: string,
  ) {}

  /** The byte that the next bit lies in. */
  get byteOffset(): number {
    return this.next - (this.count >> 3);
  }

  /** An unsigned number of `width` bits, 0 to 32. */
  unsigned(width: number): number {
    if (width > 24) return this.unsigned(width - 16) * 65_536 + this.unsigned(16);
    if (width === 0) return 0;
    if (this.count < width) this.fill(width);
    const value = this.cache >>> (32 - width);
    this.drop(width);
    return value;
  }

  /** A number of `width` bits, 0 to 32, in two's complement. */
  signed(width: number): number {
    const value = this.unsigned(width);
    return width > 0 && value >= 2 ** (width - 1) ? value - 2 ** width : value;
  }

  /** The number of zeros before the next one; reads that one too. */
  zeros(): number {
    let total = 0;
    for (;;) {
      if (this.count === 0) this.fill(1);
      const run = Math.clz32(this.cache);
      if (run < this.count) {
        this.drop(run + 1);
        return total + run;
      }
      total += this.count;
      this.cache = 0;
      this.count = 0;
    }
  }

  /** Steps to the next whole byte. */
  align(): void {
    this.drop(this.count & 7);
  }

  private drop(width: number): void {
    this.cache = width === 32 ? 0 : this.cache << width; // a shift by 32 would be one by 0
    this.count -= width;
  }

  private fill(needed: number): void {
    while (this.count <= 24 && this.next < this.bytes.length) {
      this.cache |= (this.bytes[this.next] ?? 0) << (24 - this.count);
      this.next += 1;
      this.count += 8;
    }
    if (this.count >= needed) return;
    throw new DamagedFileError({
      where: this.where,
      expected: 'more bits',
      received: `the end of the file at byte ${this.bytes.length}`,
      fix: 'The file is cut short.',
    });
  }
}
