/**
 * A cursor over bytes that refuses to read past their end.
 *
 * The file formats here are read from strangers' disks: every length in them may be wrong. All reads go through `need`, so
 * that a wrong length becomes an error that names the file, never an exception from a `DataView`.
 */
import { DamagedFileError } from './damaged-file-error.js';

/** For any number of bytes, unlike `String.fromCharCode(...bytes)`, which overflows the stack at some hundred thousand. */
const asciiDecoder = new TextDecoder('latin1');

/** Reads numbers and text from `bytes`, naming `where` when they run out. */
export class ByteReader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly where: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.byteLength;
  }

  /** ASCII text of `count` bytes from `offset`. */
  text(offset: number, count: number): string {
    this.need(offset, count);
    return asciiDecoder.decode(this.bytes.subarray(offset, offset + count));
  }

  uint8(offset: number): number {
    this.need(offset, 1);
    return this.view.getUint8(offset);
  }

  uint16(offset: number): number {
    this.need(offset, 2);
    return this.view.getUint16(offset, true);
  }

  uint32(offset: number): number {
    this.need(offset, 4);
    return this.view.getUint32(offset, true);
  }

  /** A little-endian 64 bit count; refuses one beyond 2^53, which no file can hold. */
  uint64(offset: number): number {
    const value = this.uint32(offset) + this.uint32(offset + 4) * 2 ** 32;
    if (Number.isSafeInteger(value)) return value;
    throw new DamagedFileError({
      where: this.where,
      expected: `a size below 2^53 at byte ${offset}`,
      received: String(value),
    });
  }

  private need(offset: number, count: number): void {
    if (offset >= 0 && offset + count <= this.length) return;
    throw new DamagedFileError({
      where: this.where,
      expected: `${count} bytes at byte ${offset}`,
      received: `a file that ends at byte ${this.length}`,
      fix: 'The file is cut short.',
    });
  }
}
