/** Writes protobuf's wire format: the fields of one message. Source: https://protobuf.dev/programming-guides/encoding/ */

const utf8 = new TextEncoder();

export class WireWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** A varint; negative numbers take ten bytes. */
  integer(field: number, value: number | bigint): this {
    return this.#varint(field * 8).#varint(value);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + 2)
      .#varint(value.byteLength)
      .#push(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: WireWriter): this {
    return this.bytes(field, value.finish());
  }

  /** Varints packed into one field; none if there are no values. */
  integers(field: number, values: Iterable<number | bigint>): this {
    const packed = new WireWriter();
    for (const value of values) packed.#varint(value);
    return packed.#length === 0 ? this : this.message(field, packed);
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let end = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, end);
      end += chunk.byteLength;
    }
    return whole;
  }

  #varint(value: number | bigint): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    return this.#push(Uint8Array.from(bytes));
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    return this;
  }
}
