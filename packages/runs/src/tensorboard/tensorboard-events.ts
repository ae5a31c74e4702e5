/**
 * TensorBoard's event files: scalars as protocol buffers, framed as TFRecords. Bytes only; opens no file.
 *
 * A record is  length (8 bytes), its checksum (4), the event, its checksum (4),  all little-endian. A checksum is
 * CRC-32C, turned and offset, so that checksums of data that hold checksums stay good.
 *
 * An event here has the fields  1 wall_time (double), 2 step (int64), and one of  3 file_version (string),
 * 5 summary, 7 session_log.  A summary repeats field 1: a value with  1 tag (string), 2 simple_value (float).
 *
 * Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto, tensorflow/core/lib/io/record_writer.
 */

/** The record that every event file begins with. */
export function encodeFileVersion(wallTimeSeconds: number): Uint8Array {
  return frame(event(wallTimeSeconds, 0, textField(3, 'brain.Event:2')));
}

/**
 * The record that says: a run goes on from here. TensorBoard then drops what earlier files hold for this step and later.
 *
 * @param step - the first step that is still to come.
 */
export function encodeSessionStart(step: number, wallTimeSeconds: number): Uint8Array {
  const sessionStart = varintField(1, 1); // status = START
  return frame(event(wallTimeSeconds, step, bytesField(7, sessionStart)));
}

/**
 * The record of a step's scalars.
 *
 * @param step - a whole number from 0.
 * @param wallTimeSeconds - since 1970, UTC.
 * @param scalars - by tag; a slash in a tag groups charts. Kept as float32.
 *
 * @example
 * const record = encodeScalars(500, Date.now() / 1000, { 'loss/nats': 2.5, learning_rate: 2e-4 });
 */
export function encodeScalars(
  step: number,
  wallTimeSeconds: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, [...textField(1, tag), ...floatField(2, value)]),
  );
  return frame(event(wallTimeSeconds, step, bytesField(5, values.flat())));
}

/** CRC-32C (Castagnoli), as in iSCSI: RFC 3720, appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (crcTable[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8);
  return ~remainder >>> 0;
}

/** TFRecord's checksum: CRC-32C turned right by 15 bits, plus a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const reversedPolynomial = 0x82f63b78;

/** What eight turns of the shift register make of each byte. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? reversedPolynomial : 0);
  return remainder;
});

function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

function event(wallTimeSeconds: number, step: number, what: readonly number[]): Uint8Array {
  const stepField = step === 0 ? [] : varintField(2, step); // a number that is 0 is left out
  return Uint8Array.from([...doubleField(1, wallTimeSeconds), ...stepField, ...what]);
}

// Wire types of protocol buffers: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.

function varintField(field: number, value: number): number[] {
  return [field << 3, ...varint(value)];
}

function doubleField(field: number, value: number): number[] {
  return [(field << 3) | 1, ...new Uint8Array(Float64Array.of(value).buffer)];
}

function floatField(field: number, value: number): number[] {
  return [(field << 3) | 5, ...new Uint8Array(Float32Array.of(value).buffer)];
}

function textField(field: number, text: string): number[] {
  return bytesField(field, [...new TextEncoder().encode(text)]);
}

function bytesField(field: number, bytes: readonly number[]): number[] {
  return [(field << 3) | 2, ...varint(bytes.length), ...bytes];
}

/** Seven bits a byte, lowest first, the eighth set while more follow. For whole numbers from 0 to 2^53. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
