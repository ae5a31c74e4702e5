/**
 * NIST SPHERE files: the form in which the Linguistic Data Consortium hands out TIMIT (as `.wav`, which it is not).
 *
 * Only plain 16 bit PCM is read. SPHERE files compressed with `shorten` are refused by name.
 *
 * Source: NIST, *SPeech HEader REsources*, 1990: a text header of `name -type value` lines up to `end_head`, its length in
 * bytes on the second line, then the samples.
 */
import { ByteReader } from './byte-reader.js';
import { DamagedFileError } from './damaged-file-error.js';
import type { DecodedAudio } from './wav.js';

/** What the head of a SPHERE file says. */
export interface SphereHeader {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly sampleCount: number;
  readonly littleEndian: boolean;
  readonly dataOffset: number;
}

/** True if the bytes begin as a SPHERE file does. */
export function isSphere(head: Uint8Array): boolean {
  return head.byteLength >= 7 && String.fromCharCode(...head.subarray(0, 7)) === 'NIST_1A';
}

/**
 * Reads the head of a SPHERE file.
 *
 * @param head - the first bytes of the file (its header is 1,024 bytes in practice), or all of them.
 * @param fileByteLength - length of the whole file in bytes.
 * @param where - the file's name, for errors.
 * @returns the header, or `undefined` if it is longer than `head` and more of the file must be given.
 * @throws {DamagedFileError} if a field is missing, the samples are not 16 bit PCM, or the file is shorter than it says.
 */
export function readSphereHeader(head: Uint8Array, fileByteLength: number, where: string): SphereHeader | undefined {
  const reader = new ByteReader(head, where);
  const dataOffset = wholeNumber(reader.text(8, 8).trim());
  if (dataOffset === undefined || dataOffset < 16) {
    throw new DamagedFileError({
      where,
      expected: 'the header length on line 2',
      received: JSON.stringify(reader.text(8, 8)),
    });
  }
  if (dataOffset > head.byteLength && dataOffset <= fileByteLength) return undefined;
  const fields = parseFields(reader.text(0, dataOffset));
  const coding = fields.get('sample_coding') ?? 'pcm';
  if (coding !== 'pcm' || fields.get('sample_n_bytes') !== '2') {
    throw new DamagedFileError({
      where,
      expected: '16 bit samples in plain PCM',
      received: `sample_coding ${coding}, sample_n_bytes ${fields.get('sample_n_bytes') ?? 'missing'}`,
      fix: 'Convert it with: sph2pipe -f wav IN.wav OUT.wav',
    });
  }
  const header = {
    sampleRateHz: positive(fields, 'sample_rate', where),
    channelCount: positive(fields, 'channel_count', where),
    sampleCount: positive(fields, 'sample_count', where),
    littleEndian: fields.get('sample_byte_format') !== '10',
    dataOffset,
  };
  const needed = header.sampleCount * header.channelCount * 2;
  if (dataOffset + needed <= fileByteLength) return header;
  throw new DamagedFileError({
    where,
    expected: `${needed} bytes of samples from byte ${dataOffset}, as its header says`,
    received: `${Math.max(0, fileByteLength - dataOffset)} bytes`,
    fix: 'The file is cut short.',
  });
}

/**
 * Decodes a SPHERE file of 16 bit PCM, exactly as `value / 32768`.
 *
 * @param bytes - the whole file.
 * @param where - the file's name, for errors.
 * @throws {DamagedFileError} as `readSphereHeader` does.
 */
export function decodeSphere(bytes: Uint8Array, where: string): DecodedAudio {
  const header = readSphereHeader(bytes, bytes.byteLength, where);
  if (header === undefined) throw new DamagedFileError({ where, expected: 'a header', received: 'none' });
  return decodeSphereSamples(bytes, header);
}

/**
 * Decodes samples whose header has been read: all of a file, or a part of it.
 *
 * @param bytes - from the start of which `header.dataOffset` counts; for a part, give a header with its own offset and count.
 */
export function decodeSphereSamples(bytes: Uint8Array, header: SphereHeader): DecodedAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stride = header.channelCount * 2;
  const channels = Array.from({ length: header.channelCount }, (_, channel) => {
    const samples = new Float32Array(header.sampleCount);
    let offset = header.dataOffset + channel * 2;
    for (let index = 0; index < samples.length; index += 1, offset += stride) {
      samples[index] = view.getInt16(offset, header.littleEndian) / 32_768;
    }
    return samples;
  });
  return { sampleRateHz: header.sampleRateHz, channels };
}

function parseFields(header: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of header.split('\n')) {
    if (line.trim() === 'end_head') break;
    const [, name, value] = /^(\S+) -\S+ (.*)$/.exec(line) ?? []; // blanks are trimmed below: a pattern takes n^2 steps
    if (name !== undefined && value !== undefined) fields.set(name, value.trimEnd());
  }
  return fields;
}

function positive(fields: ReadonlyMap<string, string>, name: string, where: string): number {
  const text = fields.get(name);
  const value = wholeNumber(text ?? '');
  if (value !== undefined && value > 0) return value;
  throw new DamagedFileError({
    where,
    expected: `a whole number above 0 for ${name}`,
    received: text ?? 'no such field',
  });
}

/** A number written in digits alone; `undefined` for anything else, such as 1e9 or 0x10. */
function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
