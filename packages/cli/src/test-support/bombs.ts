/** Small files that ask for much: made here, byte by byte, so that no decoder of ours has a part in them. */
import { deflateSync, gzipSync } from 'node:zlib';

const samplesPerFrame = 65_535;

/** A check of 8 or 16 bits, as FLAC has them. */
function checksum(bytes: Uint8Array, polynomial: number, bits: 8 | 16): number {
  let sum = 0;
  const top = 1 << (bits - 1);
  for (const byte of bytes) {
    sum ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) sum = (sum & top ? (sum << 1) ^ polynomial : sum << 1) & (2 * top - 1);
  }
  return sum;
}

/** As in UTF-8, up to 16 bits. */
function coded(number: number): number[] {
  if (number < 0x80) return [number];
  if (number < 0x800) return [0xc0 | (number >> 6), 0x80 | (number & 63)];
  return [0xe0 | (number >> 12), 0x80 | ((number >> 6) & 63), 0x80 | (number & 63)];
}

/** Whole, and of one value: 65,535 samples of every channel in a few bytes. */
function flacFrame(index: number, channels: number): Uint8Array {
  const last = samplesPerFrame - 1;
  const head = [0xff, 0xf8, 0x70, (channels - 1) << 4, ...coded(index), last >> 8, last & 255];
  const subframes = Array.from({ length: channels }, () => [0, 0, 1]).flat();
  const frame = [...head, checksum(Uint8Array.from(head), 0x07, 8), ...subframes];
  const sum = checksum(Uint8Array.from(frame), 0x8005, 16);
  return Uint8Array.from([...frame, sum >> 8, sum & 255]);
}

/** A block of metadata. @param length - as claimed. */
function flacBlock(kind: number, contents: Uint8Array, length = contents.length): Buffer {
  return Buffer.concat([Uint8Array.of(kind, length >> 16, (length >> 8) & 255, length & 255), contents]);
}

function streamInfo(channels: number, samples: number): Uint8Array {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(samplesPerFrame, 0);
  info.writeUInt16BE(samplesPerFrame, 2);
  info.writeUInt32BE((16_000 * 4096 + (channels - 1) * 512 + 15 * 16 + Math.floor(samples / 2 ** 32)) >>> 0, 10);
  info.writeUInt32BE(samples % 2 ** 32, 14);
  return info;
}

/** @param stated - samples by its head; 0 for unknown. @param blocks - of metadata, behind the first. */
export function flacBomb(
  bytes: number,
  channels: number,
  { stated = 0, blocks = [] as readonly Uint8Array[] } = {},
): Buffer {
  const parts: Uint8Array[] = [Buffer.from('fLaC'), flacBlock(0, streamInfo(channels, stated)), ...blocks];
  parts.push(flacBlock(0x81, new Uint8Array(0)));
  let length = Buffer.concat(parts).length;
  for (let index = 0; length < bytes; index++) {
    const frame = flacFrame(index, channels);
    parts.push(frame);
    length += frame.length;
  }
  return Buffer.concat(parts);
}

/** A comment block whose one entry, and a picture block whose image, claim 4 GB. */
export function flacTags(): readonly Uint8Array[] {
  const claim = Buffer.alloc(40, 0xff);
  return [flacBlock(4, claim), flacBlock(6, claim)];
}

/** An ID3 tag before a file. @param claimed - its length, up to 256 MB. */
export function withId3(file: Uint8Array, claimed: number, length = claimed): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (claimed >> shift) & 127);
  return Buffer.concat([Buffer.from('ID3'), Uint8Array.of(4, 0, 0, ...size), Buffer.alloc(length), file]);
}

/** A WAV file whose list of tags claims 4 GB, before any sound. */
export function wavWithList(): Buffer {
  const format = Buffer.alloc(24);
  format.write('fmt ', 0);
  for (const [at, value] of [[4, 16]] as const) format.writeUInt32LE(value, at);
  format.set([1, 0, 1, 0, 0x80, 0x3e, 0, 0, 0, 0x7d, 0, 0, 2, 0, 16, 0], 8);
  const list = Buffer.alloc(12, 'LIST');
  list.writeUInt32LE(0xfffffff0, 4);
  return Buffer.concat([Buffer.from('RIFF'), Uint8Array.of(0xff, 0xff, 0xff, 0xff), Buffer.from('WAVE'), format, list]);
}

/** A SPHERE file whose head claims 999,999,999 bytes. */
export function sphereBomb(): Buffer {
  return Buffer.from(`NIST_1A\n999999999\nsample_count -i 99999999999\n${'x -s1 y\n'.repeat(200)}end_head\n`);
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function pngChunk(kind: string, contents: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), contents]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(contents.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** Of one colour. @param chunks - before its pixels. */
export function png(side: number, { interlaced = false, chunks = [] as readonly Uint8Array[] } = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, interlaced ? 1 : 0], 8);
  const pixels = deflateSync(Buffer.alloc((3 * side + 1) * side + (interlaced ? 20 * side : 0)), { level: 9 });
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const end = pngChunk('IEND', new Uint8Array(0));
  return Buffer.concat([signature, pngChunk('IHDR', head), ...chunks, pngChunk('IDAT', pixels), end]);
}

/** A colour profile, a compressed text and one in another language, each of so many bytes unpacked, and a claim within EXIF. */
export function pngTexts(unpacked: number): readonly Uint8Array[] {
  const packed = deflateSync(Buffer.alloc(unpacked, 0x20), { level: 9 });
  const exif = Buffer.from('MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03\xff\xff\xff\xff\0\0\0\0', 'latin1');
  return [
    pngChunk('iCCP', Buffer.concat([Buffer.from('a\0\0'), packed])),
    pngChunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), packed])),
    pngChunk('iTXt', Buffer.concat([Buffer.from('a\0\x01\0\0\0'), packed])),
    pngChunk('eXIf', exif),
  ];
}

/** A drawing that says 10 words a thousand million times, by entities. */
export function svgBomb(): Buffer {
  const entities = Array.from({ length: 9 }, (_, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(10)}">`);
  return Buffer.from(
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e0 "ten">${entities.join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"><text>&e9;</text></svg>`,
  );
}

/** @param text - over and over again. */
export function gzipBomb(unpacked: number, text: string): Buffer {
  return gzipSync(Buffer.alloc(unpacked, text), { level: 9 });
}
