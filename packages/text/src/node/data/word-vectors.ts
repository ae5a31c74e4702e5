/** Files of word vectors, read piece by piece: word2vec's binary and text forms, GloVe's, and fastText's `.vec`. */
import { CpcError } from '@cpc/core';
import type { WordVector } from '../../expansion/expand-vocabulary.js';
import { textLines, UnreadableTextError } from './text-lines.js';
import { unpackedPieces } from './unpacked-pieces.js';

/**
 * Words in the file's order, which usually is that of their frequency.
 *
 * A file that ends in `.bin` or `.bin.gz` is word2vec's binary form. Else a line is a word and its numbers, with spaces between; a first line of two
 * whole numbers, how many words and how many numbers each, may stand before them. Either may be compressed by gzip.
 *
 * @param limit - words after which reading ends.
 * @param onSkipped - told of every line that is no word with as many numbers as the others, such as `line 7`.
 * @throws {CpcError} where more than one line in ten, and more than ten, are no such line; at damage of a binary file, naming its place; or
 *   where there are fewer than the head says.
 */
export function readWordVectors(
  path: string,
  limit = Infinity,
  onSkipped: (place: string) => void = () => undefined,
): AsyncGenerator<WordVector, void, undefined> {
  return /\.bin(\.gz)?$/i.test(path) ? binaryVectors(path, limit) : textVectors(path, limit, onSkipped);
}

/** Malformed lines that are always skipped, and the share of lines up to which more of them are. */
const fewLines = 10;
const fewOfLines = 0.1;

async function* textVectors(
  path: string,
  limit: number,
  onSkipped: (place: string) => void,
): AsyncGenerator<WordVector, void, undefined> {
  let [number, count, size, stated, skipped] = [0, 0, 0, 0, 0];
  let problem: CpcError | undefined;
  try {
    for await (const line of textLines(path)) {
      number += 1;
      const head = number === 1 ? /^(\d+) (\d+) *$/.exec(line) : null;
      if (head !== null) [stated, size] = [Number(head[1]), Number(head[2])];
      if (head !== null || line.trim() === '') continue;
      size ||= line.trimEnd().split(' ').length - 1;
      const found = vectorOf(line, size);
      if (found === undefined) {
        skipped += 1;
        const expected = `a word and ${Math.max(1, size)} numbers`;
        problem ??= new CpcError({ where: `${path}, line ${number}`, expected, received: line.slice(0, 60) });
        if (count === 0 || skipped > Math.max(fewLines, fewOfLines * number)) throw problem;
        onSkipped(`line ${number}`);
        continue;
      }
      if (count === limit) return;
      count += 1;
      yield found;
    }
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    const fix = 'word2vec’s binary form has to end in .bin.';
    throw new CpcError({ where: path, expected: 'word vectors as UTF-8 text', received: error.message, fix });
  }
  if (problem !== undefined && skipped >= count) throw problem;
  if (count + skipped < Math.min(stated, limit))
    throw new CpcError({ where: path, expected: `${stated} vectors, as its head says`, received: `${count}` });
}

/** The last `size` words of the line are the numbers: a word of GloVe's may hold spaces. */
function vectorOf(line: string, size: number): WordVector | undefined {
  const parts = line.trimEnd().split(' ');
  const words = parts.length - size;
  const numbers = parts.slice(Math.max(0, words));
  const word = parts.slice(0, Math.max(0, words)).join(' ');
  const vector = Float32Array.from(numbers, (text) => (text === '' ? Number.NaN : Number(text)));
  return size >= 1 && word.trim() !== '' && vector.every(Number.isFinite) ? { word, vector } : undefined;
}

/** No word is longer. */
const longestWord = 10_000;

async function* binaryVectors(path: string, limit: number): AsyncGenerator<WordVector, void, undefined> {
  const reader = await pieceReader(path);
  try {
    const [count, size] = headerOf(await reader.upTo(0x0a, 100), path);
    for (let index = 0; index < Math.min(count, limit); index++) {
      const word = new TextDecoder().decode(await reader.upTo(0x20, longestWord)).replace(/^\n/, '');
      const bytes = await reader.exactly(size * 4);
      const vector = new Float32Array(bytes.buffer, bytes.byteOffset, size);
      if (word === '' || !vector.every(Number.isFinite)) {
        const received = word === '' ? 'no word' : `numbers of ${word} that are none`;
        throw new CpcError({ where: `${path}, word ${index + 1}`, expected: `a word and ${size} numbers`, received });
      }
      yield { word, vector };
    }
  } finally {
    await reader.close();
  }
}

function headerOf(bytes: Uint8Array, path: string): [count: number, size: number] {
  const text = new TextDecoder('latin1').decode(bytes);
  const [, count, size] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  if (count !== undefined && size !== undefined && Number(size) >= 1 && Number(size) <= 100_000)
    return [Number(count), Number(size)];
  const expected = 'how many words and how many numbers each, then a line end';
  throw new CpcError({ where: `${path}, head`, expected, received: text.slice(0, 40) });
}

/** Bytes of a file in their order. */
async function pieceReader(path: string) {
  const pieces = unpackedPieces(path);
  let piece: Uint8Array = new Uint8Array(0);
  const more = async () => {
    const { value: next, done } = await pieces.next();
    if (done === true)
      throw new CpcError({
        where: path,
        expected: 'as many vectors as its head says',
        received: 'the end of the file',
      });
    const joined = new Uint8Array(piece.length + next.length);
    joined.set(piece);
    joined.set(next, piece.length);
    piece = joined;
  };
  const take = (length: number) => {
    const taken = piece.slice(0, length);
    piece = piece.subarray(length);
    return taken;
  };
  return {
    /** Bytes before the next `end`, which is taken too. */
    upTo: async (end: number, longest: number): Promise<Uint8Array> => {
      let at = piece.indexOf(end);
      while (at < 0 && piece.length <= longest) {
        await more();
        at = piece.indexOf(end);
      }
      if (at < 0 || at > longest)
        throw new CpcError({ where: path, expected: `a word of at most ${longest} bytes`, received: 'a longer one' });
      return take(at + 1).subarray(0, at);
    },
    exactly: async (length: number): Promise<Uint8Array> => {
      while (piece.length < length) await more();
      return take(length);
    },
    close: () => pieces.return(),
  };
}
