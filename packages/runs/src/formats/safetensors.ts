/**
 * The safetensors file format: named tensors in one block of bytes, behind a header in JSON.
 *
 *   8 bytes   length of the header, little-endian
 *   header    {"__metadata__": {…}, "name": {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}, …}
 *   data      the tensors, row-major, little-endian, without gaps
 *
 * The header is padded with spaces so that the data begin at a multiple of 8, and wider types come first, so every
 * tensor begins at a multiple of its own entries' width. (The format forbids the gaps that wider alignment would need.)
 *
 * Source: https://huggingface.co/docs/safetensors. Float16, bfloat16 and 64-bit integers are refused by name.
 */

import { CpcArgumentError, CpcError } from '@cpc/base';
import { sizeOf } from '@cpc/core';
import { z } from 'zod';

const formats = [
  { dtype: 'F64', width: 8, array: Float64Array },
  { dtype: 'F32', width: 4, array: Float32Array },
  { dtype: 'I32', width: 4, array: Int32Array },
  { dtype: 'U32', width: 4, array: Uint32Array },
  { dtype: 'I16', width: 2, array: Int16Array },
  { dtype: 'U16', width: 2, array: Uint16Array },
  { dtype: 'I8', width: 1, array: Int8Array },
  { dtype: 'U8', width: 1, array: Uint8Array },
] as const;

/** The typed arrays that a safetensors file can hold here. */
export type TensorData =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A tensor in plain memory: `data` in row-major order. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  readonly tensors: Record<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

const lengthBytes = 8;
const alignment = 8;
const metadataName = '__metadata__';

/**
 * The bytes of a safetensors file. The same content gives the same bytes.
 *
 * @param tensors - by name; the entries of `data` must be as many as `shape` says.
 * @param metadata - free text by name.
 * @returns new memory; the tensors are copied into it.
 * @throws {CpcArgumentError} if a shape and its data disagree, or a tensor is called `__metadata__`.
 *
 * @example
 * const bytes = encodeSafetensors({ bias: { shape: [2], data: Float32Array.of(1, 2) } }, { step: '500' });
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  return concatenate(safetensorsParts(tensors, metadata));
}

/**
 * The same file as parts to be written one after the other: the header, then the tensors. For files larger than one array may be.
 *
 * @returns the tensors' own memory, not copied.
 * @throws as {@link encodeSafetensors} does.
 */
export function safetensorsParts(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const ordered = widestFirst(tensors);
  for (const [name, tensor] of ordered) checkTensor(name, tensor);
  const specs = ordered.map(([name, { shape, data }]): TensorSpec => [name, formatOf(data), shape]);
  const blocks = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [headerOf(specs, metadata), ...blocks];
}

/**
 * What a safetensors file of float32 tensors begins with, for files that are written part by part: append the tensors in the
 * order of `shapes`, each row-major and little-endian.
 *
 * @param shapes - in the order of the data: a list, as an object would put names such as `10` first.
 * @throws {CpcArgumentError} if a tensor is called `__metadata__`.
 */
export function safetensorsHeader(
  shapes: readonly (readonly [name: string, shape: readonly number[]])[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  for (const [name] of shapes) checkName(name);
  return headerOf(
    shapes.map(([name, shape]): TensorSpec => [name, { dtype: 'F32', width: 4 }, shape]),
    metadata,
  );
}

type TensorSpec = readonly [
  name: string,
  format: { readonly dtype: string; readonly width: number },
  shape: readonly number[],
];

/** Tensors one behind the other, in this order. */
function headerOf(specs: readonly TensorSpec[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let end = 0;
  const layout = specs.map(([name, { dtype, width }, shape]): [string, HeaderEntry] => {
    const begin = end;
    end += sizeOf(shape) * width;
    return [name, { dtype, shape: [...shape], data_offsets: [begin, end] }];
  });
  return encodeHeader(layout, metadata);
}

/**
 * The tensors and metadata of a safetensors file, checked to the last byte: nothing overlaps, nothing is left over.
 *
 * @param where - named in the error: the file's path.
 * @returns new memory; `bytes` may be reused.
 * @throws {CpcError} if `bytes` are damaged, cut off, not safetensors, or hold a type other than those of
 *   {@link TensorData}.
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): SafetensorsContent {
  const { header, data } = splitFile(bytes, where);
  const { places, metadata } = parseSafetensorsHeader(header, data.length, where);
  const tensors = places.map(({ name, shape, begin, end, array: TensorArray }): [string, StoredTensor] => {
    return [name, { shape, data: new TensorArray(copyOf(data.subarray(begin, end))) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** Where in a file's data a tensor lies, and what holds it. */
export interface TensorPlace {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  readonly array: (typeof formats)[number]['array'];
}

/**
 * What the header of a safetensors file says, checked: the tensors fill the data one behind the other.
 *
 * @param header - its bytes, without the length before them.
 * @param dataLength - bytes behind the header.
 * @returns the tensors in the order in which their data lie.
 * @throws {CpcError} as {@link decodeSafetensors} does.
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  dataLength: number,
  where: string,
): { readonly places: readonly TensorPlace[]; readonly metadata: Record<string, string> } {
  const { [metadataName]: metadata = {}, ...entries } = parseHeader(header, where);
  const places = Object.entries(checkEntries(entries, dataLength, where)).map(([name, entry]): TensorPlace => {
    const [begin, end] = entry.data_offsets;
    const format = formats.find(({ dtype }) => dtype === entry.dtype);
    if (format === undefined || sizeOf(entry.shape) * format.width !== end - begin)
      throw wrongEntry(name, entry, where);
    return { name, shape: entry.shape, begin, end, array: format.array };
  });
  places.sort((left, right) => left.begin - right.begin || left.end - right.end);
  return { places, metadata: checkMetadata(metadata, where) };
}

const count = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
type HeaderEntry = z.infer<typeof entrySchema>;

const headerSchema = z.record(z.string(), z.unknown());
const entriesSchema = z.record(z.string(), entrySchema);
const metadataSchema = z.record(z.string(), z.string());

function widestFirst(tensors: Readonly<Record<string, StoredTensor>>): [string, StoredTensor][] {
  const width = ([, { data }]: [string, StoredTensor]) => data.BYTES_PER_ELEMENT;
  return Object.entries(tensors).sort((left, right) => width(right) - width(left));
}

function formatOf(data: TensorData): (typeof formats)[number] {
  const format = formats.find(({ array }) => data instanceof array);
  if (format !== undefined) return format;
  throw new CpcArgumentError({
    where: 'encodeSafetensors',
    argument: 'data',
    expected: `one of ${formats.map(({ array }) => array.name).join(', ')}`,
    received: data,
  });
}

function checkTensor(name: string, { shape, data }: StoredTensor): void {
  checkName(name);
  const where = `encodeSafetensors: tensor "${name}"`;
  if (shape.every((length) => Number.isInteger(length) && length >= 0) && sizeOf(shape) === data.length) return;
  const expected = `data of ${sizeOf(shape)} entries for the shape [${shape.join(', ')}]`;
  throw new CpcArgumentError({ where, argument: 'tensors', expected, received: data.length });
}

function checkName(name: string): void {
  if (name !== metadataName) return;
  const where = `encodeSafetensors: tensor "${name}"`;
  throw new CpcArgumentError({ where, argument: 'tensors', expected: 'another name', received: name });
}

/** The JSON is put together name by name: an object would put names such as `10` first, and the data are in the order of the list. */
function encodeHeader(
  entries: readonly (readonly [string, HeaderEntry])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const hasMetadata = Object.keys(metadata).length > 0;
  const named: readonly (readonly [string, unknown])[] = hasMetadata ? [[metadataName, metadata], ...entries] : entries;
  const json = `{${named.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const length = Math.ceil((lengthBytes + text.length) / alignment) * alignment - lengthBytes;
  const header = new Uint8Array(lengthBytes + length).fill(0x20); // spaces
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, lengthBytes);
  return header;
}

function concatenate(blocks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let begin = 0;
  for (const block of blocks) {
    whole.set(block, begin);
    begin += block.length;
  }
  return whole;
}

/** A copy in a buffer of its own. (`slice` would not do: a Node Buffer's looks at the same memory.) */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function splitFile(bytes: Uint8Array, where: string): { header: Uint8Array; data: Uint8Array } {
  if (bytes.length < lengthBytes) {
    throw damaged(where, `at least ${lengthBytes} bytes`, `${bytes.length} bytes`);
  }
  const claimed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const room = bytes.length - lengthBytes;
  if (claimed > BigInt(room)) {
    throw damaged(where, `a header of at most ${room} bytes, which is what follows`, `a length of ${claimed}`);
  }
  const end = lengthBytes + Number(claimed);
  return { header: bytes.subarray(lengthBytes, end), data: bytes.subarray(end) };
}

function parseHeader(header: Uint8Array, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header));
  } catch (error) {
    throw damaged(where, 'a header in JSON', error instanceof Error ? error.message : String(error));
  }
  return checked(headerSchema, value, 'a header that is a JSON object', where);
}

function checkMetadata(metadata: unknown, where: string): Record<string, string> {
  return checked(metadataSchema, metadata, `texts by name under ${metadataName}`, where);
}

/** The entries, if they fill `length` bytes one behind the other. */
function checkEntries(entries: Record<string, unknown>, length: number, where: string): Record<string, HeaderEntry> {
  const checkedEntries = checked(entriesSchema, entries, 'dtype, shape and data_offsets for each tensor', where);
  const inFileOrder = Object.entries(checkedEntries).sort(([, left], [, right]) => {
    return left.data_offsets[0] - right.data_offsets[0] || left.data_offsets[1] - right.data_offsets[1];
  });
  let filled = 0;
  for (const [name, entry] of inFileOrder) {
    const [begin, end] = entry.data_offsets;
    if (begin !== filled || end < begin) {
      throw damaged(where, `tensor "${name}" to begin at ${filled}, where the one before ends`, `[${begin}, ${end}]`);
    }
    filled = end;
  }
  if (filled !== length) throw damaged(where, `${filled} bytes of data, as the header says`, `${length}`);
  return checkedEntries;
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  expected: string,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw damaged(where, expected, issue === undefined ? 'another thing' : `${issue.path.join('.')}: ${issue.message}`);
}

function wrongEntry(name: string, { dtype, shape, data_offsets: [begin, end] }: HeaderEntry, where: string): CpcError {
  const types = formats.map((format) => format.dtype).join(', ');
  return damaged(
    where,
    `tensor "${name}" to be of type ${types}, and as long as its shape says`,
    `type ${dtype}, shape [${shape.join(', ')}], ${end - begin} bytes`,
  );
}

function damaged(where: string, expected: string, received: string): CpcError {
  const fix = 'The file is damaged, cut off, or not safetensors: restore it from a copy, or make it anew.';
  return new CpcError({ where, expected, received, fix });
}
