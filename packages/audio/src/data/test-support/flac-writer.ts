/**
 * Writes small FLAC files for tests: verbatim frames only, so that the samples in are known to be the samples out.
 *
 * Source: RFC 9639, sections 8.2, 9.1 and 9.2.
 */

/** What to write; every channel `[samples]` of whole numbers in the range of `bitsPerSample`. */
export interface FlacToWrite {
  readonly sampleRateHz: 8_000 | 16_000;
  readonly bitsPerSample: 8 | 16 | 24;
  readonly channels: readonly (readonly number[])[];
  /** 16 bytes for STREAMINFO, default zeros ("not known"). */
  readonly md5?: Uint8Array;
  /** What STREAMINFO says, default the truth. */
  readonly statedSampleCount?: number;
}

const blockSize = 4_096;

/** The whole file. */
export function writeFlac(flac: FlacToWrite): Uint8Array {
  const sampleCount = flac.channels[0]?.length ?? 0;
  const parts = [new TextEncoder().encode('fLaC'), Uint8Array.of(0x80, 0, 0, 34), streamInfo(flac, sampleCount)];
  for (let from = 0, frame = 0; from < sampleCount; from += blockSize, frame += 1) {
    parts.push(writeFrame(flac, frame, from, Math.min(blockSize, sampleCount - from)));
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function streamInfo(
  { sampleRateHz, bitsPerSample, channels, md5, statedSampleCount }: FlacToWrite,
  sampleCount: number,
): Uint8Array {
  const bits = new BitWriter();
  bits.write(blockSize, 16);
  bits.write(blockSize, 16);
  bits.write(0, 24); // smallest frame: not known
  bits.write(0, 24);
  bits.write(sampleRateHz, 20);
  bits.write(channels.length - 1, 3);
  bits.write(bitsPerSample - 1, 5);
  bits.write(0, 4);
  bits.write(statedSampleCount ?? sampleCount, 32);
  return Uint8Array.from([...bits.bytes, ...(md5 ?? new Uint8Array(16))]);
}

function writeFrame(
  { sampleRateHz, bitsPerSample, channels }: FlacToWrite,
  frame: number,
  from: number,
  count: number,
): Uint8Array {
  const bits = new BitWriter();
  bits.write(0xfff8, 16); // sync code, fixed block size
  bits.write(0b0111, 4); // block size: 16 bits at the end of the header
  bits.write({ 8000: 0b0100, 16000: 0b0101 }[sampleRateHz], 4);
  bits.write(channels.length - 1, 4);
  bits.write({ 8: 0b001, 16: 0b100, 24: 0b110 }[bitsPerSample], 3);
  bits.write(0, 1);
  bits.write(frame, 8); // frame numbers below 128 are one byte
  bits.write(count - 1, 16);
  bits.write(checksum(bits.bytes, 8, 0x07), 8);
  for (const samples of channels) {
    bits.write(0b00000010, 8); // verbatim subframe
    for (const sample of samples.slice(from, from + count)) bits.write(sample, bitsPerSample);
  }
  bits.write(checksum(bits.bytes, 16, 0x8005), 16);
  return Uint8Array.from(bits.bytes);
}

function checksum(bytes: readonly number[], width: 8 | 16, polynomial: number): number {
  let register = 0;
  for (const byte of bytes) {
    register ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = (register >> (width - 1)) & 1;
      register = (register << 1) & (2 ** width - 1);
      if (carry === 1) register ^= polynomial;
    }
  }
  return register;
}

class BitWriter {
  readonly bytes: number[] = [];
  private pending = 0;
  private pendingCount = 0;

  /** Appends the lowest `count` bits of `value`, highest first. */
  write(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.pending = (this.pending << 1) | (Math.floor(value / 2 ** bit) & 1);
      this.pendingCount += 1;
      if (this.pendingCount < 8) continue;
      this.bytes.push(this.pending);
      this.pending = 0;
      this.pendingCount = 0;
    }
  }
}
