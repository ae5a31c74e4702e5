/** What a file really is, by its first bytes: a name says what somebody called it. */

interface Kind {
  readonly name: string;
  /** Bytes that stand at `at`; text stands for its character codes. */
  readonly magic: string;
  readonly at?: number;
  /** Where two bytes would be too few: what else stands there. */
  readonly also?: Omit<Kind, 'name'>;
}

const kinds: readonly Kind[] = [
  { name: 'a WAV file', magic: 'WAVE', at: 8 },
  { name: 'an AVI video', magic: 'AVI ', at: 8 },
  { name: 'a WebP picture', magic: 'WEBP', at: 8 },
  { name: 'an RF64 WAV file', magic: 'RF64' },
  { name: 'a FLAC file', magic: 'fLaC' },
  { name: 'an Ogg file', magic: 'OggS' },
  { name: 'an MP3 file', magic: 'ID3' },
  { name: 'an MP3 file', magic: '\xff\xfb' },
  { name: 'an MP3 file', magic: '\xff\xf3' },
  { name: 'an MP3 file', magic: '\xff\xf2' },
  { name: 'an MP3 file', magic: '\xff\xfa' },
  { name: 'an MP3 file', magic: '\xff\xe3' },
  { name: 'an MP3 file', magic: '\xff\xe2' },
  { name: 'an AAC file', magic: '\xff\xf1' },
  { name: 'an AAC file', magic: '\xff\xf9' },
  { name: 'an MPEG-4 file, such as M4A or MP4', magic: 'ftyp', at: 4 },
  { name: 'an AIFF file', magic: 'AIFF', at: 8 },
  { name: 'an AIFF-C file', magic: 'AIFC', at: 8 },
  { name: 'a WebM or Matroska file', magic: '\x1a\x45\xdf\xa3' },
  { name: 'a Windows Media file', magic: '\x30\x26\xb2\x75' },
  { name: 'an AMR file', magic: '#!AMR' },
  { name: 'a SPHERE file', magic: 'NIST_1A' },
  { name: 'an AU file', magic: '.snd' },
  { name: 'a CAF file', magic: 'caff' },
  { name: 'a JPEG picture', magic: '\xff\xd8\xff' },
  { name: 'a PNG picture', magic: '\x89PNG' },
  { name: 'a GIF picture', magic: 'GIF8' },
  { name: 'a TIFF picture', magic: 'II*\0' },
  { name: 'a TIFF picture', magic: 'MM\0*' },
  { name: 'a BMP picture', magic: 'BM', also: { magic: '\0\0\0\0', at: 6 } },
  { name: 'a PDF document', magic: '%PDF' },
  { name: 'a gzip file', magic: '\x1f\x8b' },
  { name: 'a zip archive', magic: 'PK\x03\x04' },
  { name: 'an xz file', magic: '\xfd7zXZ' },
  { name: 'a bzip2 file', magic: 'BZh' },
  { name: 'a Git LFS pointer, not the file itself', magic: 'version https://git-lfs' },
];

const markup: readonly (readonly [RegExp, string])[] = [
  [/^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype svg[^>]*>\s*)?<svg/is, 'an SVG drawing'],
  [/^\s*(<!doctype html|<html)/i, 'a web page (HTML)'],
  [/^\s*<\?xml/i, 'an XML file'],
];

/**
 * The kind of a file, for people.
 *
 * @param head - its first bytes, a few hundred if there are so many.
 * @returns such as `an MP3 file`; undefined if its beginning is none of those known.
 *
 * @example
 * kindOfFile(new TextEncoder().encode('OggS…')); // 'an Ogg file'
 */
export function kindOfFile(head: Uint8Array): string | undefined {
  if (head.length === 0) return 'an empty file';
  const found = kinds.find(({ also, ...kind }) => stands(head, kind) && (also === undefined || stands(head, also)));
  if (found !== undefined) return found.name;
  const text = new TextDecoder().decode(head.subarray(0, 1000));
  return markup.find(([pattern]) => pattern.test(text))?.[1];
}

function stands(head: Uint8Array, { magic, at = 0 }: Omit<Kind, 'name'>): boolean {
  const bytes = head.subarray(at, at + magic.length);
  return bytes.length === magic.length && bytes.every((byte, index) => byte === magic.charCodeAt(index));
}
