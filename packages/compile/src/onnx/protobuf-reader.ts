/** Reads the fields of a protobuf message, the counterpart of `protobuf.ts`. https://protobuf.dev/programming-guides/encoding/ */
import { CompileError } from '@cpc/base';

/** One field of a message: its number and what it holds. */
export interface Field {
  readonly number: number;
  /** For varints; 0 otherwise. */
  readonly integer: bigint;
  /** For length-delimited fields, a view of the message; empty otherwise. */
  readonly bytes: Uint8Array;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The fields of a message in order.
 *
 * @throws {CompileError} if the bytes end inside a field or are no protobuf message.
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const cursor = { offset: 0 };
  while (cursor.offset < message.length) {
    const key = varint(message, cursor);
    const number = Number(key >> 3n);
    const wireType = Number(key & 7n);
    if (number === 0) throw damaged(cursor.offset);
    if (wireType === 0) yield { number, integer: varint(message, cursor), bytes: new Uint8Array() };
    else if (wireType === 2)
      yield { number, integer: 0n, bytes: taken(message, cursor, Number(varint(message, cursor))) };
    else if (wireType === 1 || wireType === 5) {
      taken(message, cursor, wireType === 1 ? 8 : 4);
      yield { number, integer: 0n, bytes: new Uint8Array() };
    } else throw damaged(cursor.offset);
  }
}

/** A length-delimited field as text. */
export function textOf({ bytes }: Field): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new CompileError('readOnnx: a name in the file is not valid UTF-8; the file is damaged.');
  }
}

interface Cursor {
  offset: number;
}

function varint(message: Uint8Array, cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = message[cursor.offset++];
    if (byte === undefined) throw damaged(cursor.offset);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return BigInt.asUintN(64, value);
  }
  throw damaged(cursor.offset);
}

function taken(message: Uint8Array, cursor: Cursor, length: number): Uint8Array {
  const end = cursor.offset + length;
  if (end > message.length) throw damaged(message.length);
  const bytes = message.subarray(cursor.offset, end);
  cursor.offset = end;
  return bytes;
}

function damaged(offset: number): CompileError {
  return new CompileError(`readOnnx: not an ONNX file, or a damaged one (at byte ${offset} of a message).`);
}
