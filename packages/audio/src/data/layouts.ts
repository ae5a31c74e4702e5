/**
 * What a file's path says: the recording's id, its speaker, and more. One rule per layout, pure functions of the path.
 *
 * Paths are relative to the corpus and use `/`. A layout is recognised when its rule matches more than half of the audio files:
 * a stray file does not change who the speakers are. The plain folder matches anything and comes last.
 */
import { CpcArgumentError } from '@cpc/core';

/** What one path says. */
export interface PathFacts {
  readonly id: string;
  readonly speaker: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A layout: how a corpus names its files. */
export interface CorpusLayout {
  readonly name: LayoutName;
  /** The rule in words, for people. */
  readonly rule: string;
  /** The facts in a path, or `undefined` if the path is not of this layout. */
  parse(path: string): PathFacts | undefined;
}

export type LayoutName = 'librispeech' | 'timit' | 'fsdd' | 'folder';

/** LibriSpeech, as its tree or flattened: everything is in the file's name. */
const librispeech: CorpusLayout = {
  name: 'librispeech',
  rule: '<speaker>-<chapter>-<utterance>.flac in any folder; the speaker is the number before the first dash',
  parse(path) {
    const [, speaker, chapter, utterance] = /(?:^|\/)(\d+)-(\d+)-(\d+)\.\w+$/.exec(path) ?? [];
    if (speaker === undefined || chapter === undefined || utterance === undefined) return undefined;
    return { id: `${speaker}-${chapter}-${utterance}`, speaker, attributes: { chapter, utterance } };
  },
};

/** TIMIT, as the sample (`dr1-fvmh0/sa1.wav`) or the whole (`TRAIN/DR1/FVMH0/SA1.WAV`, also `SA1.WAV.wav`). */
const timit: CorpusLayout = {
  name: 'timit',
  rule: 'dr<region>-<speaker>/<sentence>.wav or DR<region>/<SPEAKER>/<SENTENCE>.WAV; the speaker is the folder, in lower case, without its region',
  parse(path) {
    const match = /(?:^|\/)dr(\d)[-/]([fm])([a-z]{3}\d)\/(s[aix]\d+)(?:\.wav)?\.\w+$/.exec(path.toLowerCase());
    const [, region, sex, initials, sentence] = match ?? [];
    if (region === undefined || sex === undefined || initials === undefined || sentence === undefined) return undefined;
    const speaker = sex + initials;
    return { id: `${speaker}-${sentence}`, speaker, attributes: { region, sex, sentence } };
  },
};

/** The Free Spoken Digit Dataset. */
const fsdd: CorpusLayout = {
  name: 'fsdd',
  rule: '<digit>_<speaker>_<index>.wav in any folder; the speaker stands between the underscores',
  parse(path) {
    const [, digit, speaker, take] = /(?:^|\/)(\d)_([a-z]+)_(\d+)\.\w+$/i.exec(path) ?? [];
    if (digit === undefined || speaker === undefined || take === undefined) return undefined;
    return { id: `${digit}_${speaker}_${take}`, speaker, attributes: { digit, take } };
  },
};

/** Any folder. Recordings that stand alone are each their own speaker: "same speaker" then means "same recording". */
const folder: CorpusLayout = {
  name: 'folder',
  rule: 'any names; the speaker is the first folder below the corpus, or the recording itself if it lies in none',
  parse(path) {
    const id = path.replace(/\.\w+$/, '');
    const slash = path.indexOf('/');
    return { id, speaker: slash === -1 ? id : path.slice(0, slash), attributes: {} };
  },
};

/** All layouts, in the order in which they are tried. */
export const corpusLayouts: readonly CorpusLayout[] = [librispeech, timit, fsdd, folder];

/** A layout, and what should be said about names that do not fit. */
export interface RecognisedLayout {
  readonly layout: CorpusLayout;
  readonly warnings: readonly string[];
}

/**
 * The first layout whose rule matches more than half of the paths; the plain folder if there is none.
 *
 * @param paths - audio files of a corpus, relative to it; at least one.
 */
export function recogniseLayout(paths: readonly string[]): RecognisedLayout {
  const named = corpusLayouts.filter((layout) => layout !== folder);
  const matches = named.map((layout) => ({ layout, count: paths.filter((path) => layout.parse(path)).length }));
  const winner = matches.find(({ count }) => 2 * count > paths.length);
  if (winner !== undefined) return { layout: winner.layout, warnings: [] };
  const partial = matches.find(({ count }) => count > 0);
  return { layout: folder, warnings: partial === undefined ? [] : [inPart(partial, paths.length)] };
}

function inPart({ layout, count }: { layout: CorpusLayout; count: number }, all: number): string {
  return `${count} of ${all} recordings are named as in ${layout.name}, the others are not: speakers are taken from folders (${folder.rule})`;
}

/**
 * The layout called `name`.
 *
 * @throws {CpcArgumentError} if there is none.
 */
export function layoutNamed(name: string): CorpusLayout {
  const layout = corpusLayouts.find((candidate) => candidate.name === name);
  if (layout !== undefined) return layout;
  throw new CpcArgumentError({
    argument: 'layout',
    where: 'openSpeechCorpus',
    expected: `layout auto, ${corpusLayouts.map((candidate) => candidate.name).join(', ')}`,
    received: `"${name}"`,
  });
}
