/** Writes WAV files for tests chunk by chunk, right or wrong. */

export interface Chunk {
  readonly name: string;
  readonly body: readonly number[];
  /** What the chunk says its size is, default the truth. */
  readonly size?: number;
}

/** The two bytes of a number, lowest first. */
export const word = (value: number): number[] => [value & 255, (value >> 8) & 255];
/** The four bytes of a number, lowest first. */
export const long = (value: number): number[] => [...word(value & 0xffff), ...word((value >>> 16) & 0xffff)];
export const text = (value: string): number[] => [...new TextEncoder().encode(value)];

/** A file of chunks, each padded to even length. */
export function riff(chunks: readonly Chunk[], mark = 'RIFF', riffSize?: number): Uint8Array {
  const body = chunks.flatMap(({ name, body, size }) => [
    ...text(name),
    ...long(size ?? body.length),
    ...body,
    ...(body.length % 2 === 1 ? [0] : []),
  ]);
  return Uint8Array.from([...text(mark), ...long(riffSize ?? body.length + 4), ...text('WAVE'), ...body]);
}

/** A "fmt " chunk of 16 bytes. */
export function format(tag: number, channels: number, bits: number, rate = 16_000): Chunk {
  const frame = (channels * bits) / 8;
  return {
    name: 'fmt ',
    body: [...word(tag), ...word(channels), ...long(rate), ...long(rate * frame), ...word(frame), ...word(bits)],
  };
}

/** The extensible form of 40 bytes of a 16 bit "fmt " chunk. */
export function extensibleFormat(): Chunk {
  const guid = [1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  return { name: 'fmt ', body: [...format(0xfffe, 1, 16).body, ...word(22), ...word(16), ...long(4), ...guid] };
}

/** The sizes beyond 32 bits of an RF64 file; here of so many bytes of samples. */
export function longSizes(dataBytes: number): Chunk {
  return { name: 'ds64', body: [...long(0), ...long(0), ...long(dataBytes), ...long(0), ...Array(12).fill(0)] };
}
