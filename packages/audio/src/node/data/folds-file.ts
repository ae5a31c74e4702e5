/** Reads a file of folds: a JSON list of lists of speakers. Whether they are a corpus's speakers is decided elsewhere. */
import { basename } from 'node:path';
import { z } from 'zod';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import type { SpeakerFolds } from '../../probes/committed-folds.js';
import { readText } from './text-file.js';

const foldsSchema = z.array(z.array(z.string().min(1)).min(1)).min(2);

/**
 * Reads folds over speakers, such as `[["fvmh0", "marc0"], ["faem0", "mcpm0"]]`.
 *
 * @throws {DamagedFileError} naming the file, if it is missing, is no JSON list of at least 2 lists of names, or holds a
 *   speaker twice.
 */
export async function loadSpeakerFolds(path: string): Promise<SpeakerFolds> {
  const folds = parseFolds(await readText(path), path);
  const speakers = folds.flat();
  const twice = speakers.find((speaker, place) => speakers.indexOf(speaker) !== place);
  if (twice === undefined) return { folds, name: basename(path) };
  throw new DamagedFileError({ where: path, expected: 'every speaker in one fold', received: `${twice} twice` });
}

function parseFolds(text: string, path: string): string[][] {
  const parsed = foldsSchema.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new DamagedFileError({
    where: path,
    expected: 'a JSON list of at least 2 folds, each a list of at least 1 speaker’s name',
    received: JSON.stringify(text.slice(0, 80)),
  });
}

/** @returns undefined, which is no JSON, if it is none. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
