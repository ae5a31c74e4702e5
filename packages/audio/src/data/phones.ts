/**
 * The phones of TIMIT and their folding from 61 symbols to 48 and 39 classes, and the `.phn` files that hold them.
 *
 * Knows nothing of frames: that is `frame-labels.ts`.
 *
 * Source: Lee & Hon, *Speaker-Independent Phone Recognition Using Hidden Markov Models*, IEEE Trans. ASSP 37(11), 1989,
 * table I and section III-A. They train 48 models and score 39 classes.
 *
 * Departure: Lee & Hon delete the glottal stop `q`, which leaves its samples to no phone. We give them no label (class
 * -1, not scored) rather than stretching the neighbours. Effect: 2.1 % of the frames of TIMIT's sample have no label.
 */
import { DamagedFileError } from './damaged-file-error.js';

/** A stretch of one phone: samples from `startSample` up to, not including, `endSample`. */
export interface PhoneSegment {
  readonly startSample: number;
  readonly endSample: number;
  readonly phone: string;
}

/** Into how many classes to fold TIMIT's 61 symbols. 61 keeps them all, `q` included. */
export type PhoneFolding = 61 | 48 | 39;

/** The class among 48 and among 39 for every symbol; a symbol alone folds to itself in both. */
const folding: ReadonlyArray<readonly [symbols: string, among48: string, among39: string]> = [
  ['aa', 'aa', 'aa'],
  ['ae', 'ae', 'ae'],
  ['ah', 'ah', 'ah'],
  ['ao', 'ao', 'aa'],
  ['aw', 'aw', 'aw'],
  ['ax ax-h', 'ax', 'ah'],
  ['axr er', 'er', 'er'],
  ['ay', 'ay', 'ay'],
  ['b', 'b', 'b'],
  ['bcl dcl gcl', 'vcl', 'sil'],
  ['ch', 'ch', 'ch'],
  ['d', 'd', 'd'],
  ['dh', 'dh', 'dh'],
  ['dx', 'dx', 'dx'],
  ['eh', 'eh', 'eh'],
  ['el', 'el', 'l'],
  ['em m', 'm', 'm'],
  ['en', 'en', 'n'],
  ['eng ng', 'ng', 'ng'],
  ['epi', 'epi', 'sil'],
  ['ey', 'ey', 'ey'],
  ['f', 'f', 'f'],
  ['g', 'g', 'g'],
  ['h# pau', 'sil', 'sil'],
  ['hh hv', 'hh', 'hh'],
  ['ih', 'ih', 'ih'],
  ['ix', 'ix', 'ih'],
  ['iy', 'iy', 'iy'],
  ['jh', 'jh', 'jh'],
  ['k', 'k', 'k'],
  ['kcl pcl tcl', 'cl', 'sil'],
  ['l', 'l', 'l'],
  ['n nx', 'n', 'n'],
  ['ow', 'ow', 'ow'],
  ['oy', 'oy', 'oy'],
  ['p', 'p', 'p'],
  ['r', 'r', 'r'],
  ['s', 's', 's'],
  ['sh', 'sh', 'sh'],
  ['t', 't', 't'],
  ['th', 'th', 'th'],
  ['uh', 'uh', 'uh'],
  ['uw ux', 'uw', 'uw'],
  ['v', 'v', 'v'],
  ['w', 'w', 'w'],
  ['y', 'y', 'y'],
  ['z', 'z', 'z'],
  ['zh', 'zh', 'sh'],
];

const glottalStop = 'q';

const foldedBySymbol = new Map(
  folding.flatMap(([symbols, among48, among39]) =>
    symbols.split(' ').map((symbol) => [symbol, { 61: symbol, 48: among48, 39: among39 }] as const),
  ),
);

/** The symbols of TIMIT's `.phn` files, 61 of them, in ascending order. */
export const timitPhones: readonly string[] = [...foldedBySymbol.keys(), glottalStop].sort();

/**
 * The class that a TIMIT symbol folds to.
 *
 * @param symbol - one of `timitPhones`.
 * @param classes - 61, 48 or 39.
 * @returns its class; `undefined` for `q` among 48 or 39, and for a symbol that is not TIMIT's.
 *
 * @example
 * foldPhone('zh', 39); // 'sh'
 */
export function foldPhone(symbol: string, classes: PhoneFolding): string | undefined {
  if (symbol === glottalStop && classes === 61) return glottalStop;
  return foldedBySymbol.get(symbol)?.[classes];
}

/** The names of the classes, in ascending order; the index here is the class's number. */
export function phoneClasses(classes: PhoneFolding): string[] {
  const names = timitPhones.map((symbol) => foldPhone(symbol, classes)).filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/**
 * Reads a `.phn` file: lines of `startSample endSample symbol`.
 *
 * @param text - the whole file.
 * @param where - the file's name, for errors.
 * @param symbols - the symbols allowed, default TIMIT's 61.
 * @returns the segments, in order, none overlapping another.
 * @throws {DamagedFileError} naming the line, if it is not of that form, a segment is empty or begins before the last
 *   one ended, or the symbol is not known; or if there is no line at all.
 */
export function parsePhoneSegments(
  text: string,
  where: string,
  symbols: readonly string[] = timitPhones,
): PhoneSegment[] {
  const known = new Set(symbols);
  const segments: PhoneSegment[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    segments.push(
      parseSegment(line, { where: `${where}, line ${index + 1}`, known, after: segments.at(-1)?.endSample ?? 0 }),
    );
  }
  if (segments.length > 0) return segments;
  throw new DamagedFileError({ where, expected: 'lines of "startSample endSample phone"', received: 'no line' });
}

function parseSegment(line: string, at: { where: string; known: ReadonlySet<string>; after: number }): PhoneSegment {
  const { where, known, after } = at;
  const [, start, end, phone] = /^\s*(\d{1,15})\s+(\d{1,15})\s+(\S+)\s*$/.exec(line) ?? [];
  const received = JSON.stringify(line.slice(0, 80));
  if (start === undefined || end === undefined || phone === undefined) {
    throw new DamagedFileError({ where, expected: '"startSample endSample phone"', received });
  }
  const segment = { startSample: Number(start), endSample: Number(end), phone };
  if (segment.startSample < after || segment.endSample <= segment.startSample) {
    throw new DamagedFileError({ where, expected: `a segment of at least 1 sample from sample ${after} on`, received });
  }
  if (!known.has(phone)) {
    throw new DamagedFileError({ where, expected: `one of the ${known.size} known phone symbols`, received });
  }
  return segment;
}
