/**
 * Reads protobuf's wire format: fields of a message, and the numbers in them.
 *
 * Bytes may come from anywhere: whatever they are, reading them ends, and with an error where they are no message.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
import { CpcError } from '@cpc/base';

/** One field of a message. */
export interface Field {
  readonly number: number;
  /** 0 for a varint, 1 for eight bytes, 2 for bytes of any length, 5 for four bytes. */
  readonly wireType: number;
  /** A varint's lower and upper 32 bits, each from 0 to 2^32 - 1. */
  readonly low: number;
  readonly high: number;
  /** What the other kinds hold: a view of the message. */
  readonly bytes: Uint8Array;
}

interface Cursor {
  offset: number;
  low: number;
  high: number;
}

/** Of a message, and of the numbers in a field: what is read takes a bounded multiple of the bytes that came. */
const mostFields = 2 ** 16;
const mostVarints = 2 ** 22;

const none = new Uint8Array();
const lengthOfWireType: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/**
 * The fields of a message, in order.
 *
 * @throws {CpcError} if the bytes are no message, or one of more than 65,536 fields.
 */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  const cursor: Cursor = { offset: 0, low: 0, high: 0 };
  while (cursor.offset < message.length) {
    if (fields.length === mostFields) throw damaged(`at most ${mostFields} fields of a message`, 'more');
    readVarint(message, cursor);
    const [number, wireType] = [cursor.low >>> 3, cursor.low & 7];
    if (number === 0 || cursor.high !== 0) throw damaged('a field of a number from 1 to 2^29 - 1');
    if (wireType === 0) {
      readVarint(message, cursor);
      fields.push({ number, wireType, low: cursor.low, high: cursor.high, bytes: none });
    } else {
      const bytes = taken(message, cursor, lengthIn(message, cursor, wireType));
      fields.push({ number, wireType, low: 0, high: 0, bytes });
    }
  }
  return fields;
}

function lengthIn(message: Uint8Array, cursor: Cursor, wireType: number): number {
  if (wireType !== 2) return lengthOfWireType[wireType] ?? refuseWireType(wireType);
  readVarint(message, cursor);
  return cursor.high * 2 ** 32 + cursor.low;
}

function refuseWireType(wireType: number): never {
  throw damaged('a field of wire type 0, 1, 2 or 5', String(wireType));
}

function taken(message: Uint8Array, cursor: Cursor, length: number): Uint8Array {
  const end = cursor.offset + length;
  if (end > message.length) throw damaged(`${length} bytes of a field`, `${message.length - cursor.offset}`);
  const bytes = message.subarray(cursor.offset, end);
  cursor.offset = end;
  return bytes;
}

/** Seven bits a byte, the lowest first, at most ten bytes; what is above 64 bits is dropped. */
function readVarint(message: Uint8Array, cursor: Cursor): void {
  let [low, high] = [0, 0];
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = message[cursor.offset++];
    if (byte === undefined) throw damaged('more bytes of a number');
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high |= bits >>> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128) {
      cursor.low = low >>> 0;
      cursor.high = high >>> 0;
      return;
    }
  }
  throw damaged('a number of at most 10 bytes');
}

/** The varints in all fields of a number, whether packed into one or not: the lower and upper 32 bits of each. */
export interface Varints {
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
}

/** @throws {CpcError} if a field is damaged, or there are more than 4,194,304 numbers. */
export function varintsOf(fields: readonly Field[], number: number): Varints {
  const chosen = fields.filter((field) => field.number === number);
  const count = chosen.reduce((sum, field) => sum + varintCount(field), 0);
  if (count > mostVarints) throw damaged(`at most ${mostVarints} numbers`, String(count));
  const [lows, highs] = [new Uint32Array(count), new Uint32Array(count)];
  let index = 0;
  const cursor: Cursor = { offset: 0, low: 0, high: 0 };
  for (const field of chosen) {
    if (field.wireType === 0) {
      lows[index] = field.low;
      highs[index++] = field.high;
      continue;
    }
    for (cursor.offset = 0; cursor.offset < field.bytes.length; index++) {
      readVarint(field.bytes, cursor);
      lows[index] = cursor.low;
      highs[index] = cursor.high;
    }
  }
  return { lows, highs };
}

/** Each varint ends with a byte below 128: counted before any memory is taken for what they hold. */
function varintCount(field: Field): number {
  if (field.wireType === 0) return 1;
  requireWireType(field, 2);
  let count = 0;
  for (const byte of field.bytes) if (byte < 128) count++;
  return count;
}

/** The numbers of a fixed size in all fields of a number, as little-endian bytes. */
export function fixedOf(fields: readonly Field[], number: number, size: 4 | 8): Uint8Array<ArrayBuffer> {
  const chunks = fields.filter((field) => field.number === number).map((field) => fixedBytes(field, size));
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

function fixedBytes(field: Field, size: 4 | 8): Uint8Array {
  const isSingle = field.wireType === (size === 4 ? 5 : 1);
  if (!isSingle) requireWireType(field, 2);
  if (field.bytes.length % size === 0) return field.bytes;
  throw damaged(`numbers of ${size} bytes each`, `${field.bytes.length} bytes`);
}

/** The bytes in the last field of a number; undefined if there is none. */
export function bytesOf(fields: readonly Field[], number: number): Uint8Array | undefined {
  const field = fields.filter((candidate) => candidate.number === number).at(-1);
  if (field === undefined) return undefined;
  requireWireType(field, 2);
  return field.bytes;
}

/** The bytes in every field of a number. */
export function allBytesOf(fields: readonly Field[], number: number): Uint8Array[] {
  const found = fields.filter((field) => field.number === number);
  for (const field of found) requireWireType(field, 2);
  return found.map(({ bytes }) => bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function textOf(bytes: Uint8Array | undefined): string {
  try {
    return bytes === undefined ? '' : utf8.decode(bytes);
  } catch (cause) {
    throw damaged('text in UTF-8', 'other bytes', cause);
  }
}

export function requireWireType({ number, wireType }: Field, expected: number): void {
  if (wireType !== expected) throw damaged(`wire type ${expected} in field ${number}`, String(wireType));
}

/** What is wrong with bytes that came. */
export function damaged(expected: string, received?: string, cause?: unknown): CpcError {
  return new CpcError({
    where: 'dm_env_rpc message',
    expected,
    received,
    cause,
    fix: 'The message is damaged, or of another protocol.',
  });
}
