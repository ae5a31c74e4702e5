/**
 * Opens a folder of recordings as a `SpeechCorpus`: finds the files, reads their heads, lists what cannot be used.
 *
 * What a path means is decided in `data/layouts.ts`; how recordings are read later, in `folder-corpus.ts`.
 */
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { CpcError, refuseSkippedFiles, skippedInWords } from '@cpc/core';
import { findFiles } from '@cpc/runs';
import { compareText, corpusSampleRateHz, describeRecording, type SkippedRecording } from '../../data/corpus.js';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { defaultMaximumHours, refuseExpansion, refuseHours } from '../../data/expansion.js';
import {
  type CorpusLayout,
  corpusLayouts,
  type LayoutName,
  layoutNamed,
  type PathFacts,
  recogniseLayout,
} from '../../data/layouts.js';
import { canResample } from '../../data/resample.js';
import { inspectAudioFile } from './audio-file.js';
import { corpusOfFolder, type FolderEntry, type FolderSpeechCorpus } from './folder-corpus.js';
import { monoPieces } from './mono-pieces.js';

export interface OpenSpeechCorpusOptions {
  /** How files are named; `auto` (default) takes the first layout that matches more than half of the files. */
  readonly layout?: LayoutName | 'auto';
  /** Fail on the first file that cannot be used, instead of listing it in `skipped`. Default false. */
  readonly strict?: boolean;
  /** Decode every file now, so that damage behind an intact head is found before training. Default false. */
  readonly verify?: boolean;
  /** Leave out shorter recordings. Default 0: only empty ones are left out. */
  readonly minimumSeconds?: number;
  /** Bytes of decoded samples to keep in memory, beside the recording decoded last. Default 512 MiB: 4.6 hours of 16 bit speech. */
  readonly cacheBytes?: number;
  /**
   * Parts of recordings longer than this many seconds are read from the file without the rest of it, where its format allows:
   * WAV and SPHERE do, FLAC is decoded as a whole. Default 600.
   */
  readonly longSeconds?: number;
  /** Compressed recordings that last longer are refused: they are in memory as a whole. Default 12. */
  readonly maximumHours?: number;
}

/**
 * Opens a folder of WAV or FLAC files as a corpus. Only the heads of the files are read; samples when asked for.
 *
 * Layouts recognised: LibriSpeech (tree or flattened), TIMIT, the Free Spoken Digit Dataset, any folder. Files of other
 * rates than 16 kHz are resampled, several channels are averaged.
 *
 * The fingerprint is a SHA-256 over each recording's id, speaker, file size, length, and the first and last 4,096 bytes of
 * its file. It covers every sample of FLAC files (their heads hold an MD5 of the samples) and of WAV files up to 8 kB; in
 * longer WAV files a change in the middle that keeps the length goes unnoticed.
 *
 * @param path - the folder, or a single file.
 * @returns recordings in ascending order of id, whatever order the file system lists them in.
 * @throws {CpcArgumentError} if the layout is not known.
 * @throws {CpcError} if there is no such folder, it holds no audio, or none that can be used.
 * @throws {DamagedFileError} if `strict` and a file cannot be used.
 *
 * @example
 * const corpus = await openSpeechCorpus('LibriSpeech/train-clean-100');
 * const samples = await corpus.read(0); // mono, 16 kHz
 */
export async function openSpeechCorpus(
  path: string,
  options: OpenSpeechCorpusOptions = {},
): Promise<FolderSpeechCorpus> {
  const { folder, paths, unread } = await listAudioFiles(path);
  const requested = options.layout ?? 'auto';
  const recognised = recogniseLayout(paths);
  const layout = requested === 'auto' ? recognised.layout : layoutNamed(requested);
  const { named, astray } = namedBy(layout, paths);
  if (options.strict === true) refuseSkippedFiles(path, [...unread, ...astray]);
  const { entries: whole, skipped: damaged } = await inspectAll(folder, named, options);
  const doubles: SkippedRecording[] = [];
  const entries = (layout.name === 'folder' ? withEndings(whole) : whole).filter(isFirstOfItsId(doubles, options));
  const skipped = [...unread, ...astray, ...damaged, ...doubles].sort((a, b) => compareText(a.path, b.path));
  if (entries.length === 0) throw nothingUsable(path, skipped);
  const { cacheBytes = defaultCacheBytes, longSeconds = 600 } = options;
  return corpusOfFolder({
    folder,
    layout: layout.name,
    entries,
    skipped,
    warnings: requested === 'auto' ? recognised.warnings : [],
    fingerprint: fingerprintOf(entries),
    cacheBytes,
    longSeconds,
  });
}

const defaultCacheBytes = 512 * 2 ** 20;
const filesAtOnce = 16;

/** Sound that is no WAV, FLAC or SPHERE: named in warnings. */
const otherEndings = [
  ...['.mp3', '.ogg', '.oga', '.opus', '.m4a', '.aac', '.wma', '.aif', '.aiff', '.aifc', '.caf', '.amr', '.ape', '.wv'],
  ...['.wave', '.w64', '.sph', '.nist', '.au', '.snd', '.mka', '.webm', '.mp4', '.m4b', '.mov', '.3gp'],
];

async function listAudioFiles(path: string) {
  const { files, skipped, isFile } = await findFiles(path, {
    contents: 'recordings',
    endings: ['.wav', '.flac'],
    otherEndings,
  });
  if (files.length === 0) throw noAudio(path, skipped);
  const folder = isFile ? dirname(resolve(path)) : resolve(path);
  return { folder, paths: files.map(({ name }) => name), unread: skipped };
}

function noAudio(path: string, skipped: readonly SkippedRecording[]): CpcError {
  return new CpcError({
    where: path,
    expected: `files ending in .wav or .flac, at any depth (${corpusLayouts.map(({ name, rule }) => `${name}: ${rule}`).join('; ')})`,
    received: skipped.length === 0 ? 'none' : `none, but ${skippedInWords(skipped).join('; ')}`,
  });
}

/** A file with what its path says. */
interface NamedRecording {
  readonly path: string;
  readonly says: PathFacts;
}

/** Files that are named as the layout asks, and those that are not. */
function namedBy(layout: CorpusLayout, paths: readonly string[]) {
  const named: NamedRecording[] = [];
  const astray: SkippedRecording[] = [];
  for (const path of paths) {
    const says = layout.parse(path);
    if (says === undefined) astray.push({ path, reason: `not named as in ${layout.name}: ${layout.rule}` });
    else named.push({ path, says });
  }
  return { named, astray };
}

async function inspectAll(
  folder: string,
  named: readonly NamedRecording[],
  options: OpenSpeechCorpusOptions,
): Promise<{ entries: FolderEntry[]; skipped: SkippedRecording[] }> {
  const entries: FolderEntry[] = [];
  const skipped: SkippedRecording[] = [];
  for (let from = 0; from < named.length; from += filesAtOnce) {
    const some = named.slice(from, from + filesAtOnce);
    const results = await Promise.allSettled(some.map((file) => inspect(folder, file, options)));
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') entries.push(result.value);
      else if (options.strict === true || !DamagedFileError.isInstance(result.reason)) throw result.reason;
      else skipped.push({ path: some[index]?.path ?? '', reason: result.reason.message });
    });
  }
  entries.sort(
    (a, b) => compareText(a.recording.id, b.recording.id) || compareText(a.recording.path, b.recording.path),
  );
  return { entries, skipped };
}

async function inspect(
  folder: string,
  { path, says }: NamedRecording,
  { minimumSeconds = 0, verify = false, maximumHours = defaultMaximumHours }: OpenSpeechCorpusOptions,
): Promise<FolderEntry> {
  const facts = await inspectAudioFile(join(folder, path), path);
  refuseOddRate(facts.sampleRateHz, path);
  const sampleCount = Math.round((facts.sampleCount * corpusSampleRateHz) / facts.sampleRateHz);
  const recording = describeRecording({ ...says, path }, sampleCount, facts.sampleRateHz);
  if (sampleCount === 0 || recording.durationSeconds < minimumSeconds) {
    throw new DamagedFileError({
      where: path,
      expected: minimumSeconds > 0 ? `at least ${minimumSeconds} s` : 'at least 1 sample',
      received: `${recording.durationSeconds} s`,
    });
  }
  if (facts.compressed === true) {
    refuseHours(recording.durationSeconds, maximumHours, path);
    refuseExpansion(sampleCount, facts.byteLength, path); // a low rate grows when it is raised to 16 kHz
  }
  if (verify) await verifyRecording(folder, { recording, facts });
  return { recording, facts };
}

/** Decodes all of it and keeps nothing. */
async function verifyRecording(folder: string, { recording: { path }, facts }: FolderEntry): Promise<void> {
  let sampleCount = 0;
  for await (const piece of monoPieces(join(folder, path), path, facts)) sampleCount += piece.length;
  if (sampleCount === facts.sampleCount) return;
  const expected = `${facts.sampleCount} samples`;
  throw new DamagedFileError({ where: path, kind: 'changed', expected, received: `${sampleCount}` });
}

/** A rate that no microphone has is damage: found here, it names the file, and the file can be left out. */
function refuseOddRate(sampleRateHz: number, where: string): void {
  if (canResample(sampleRateHz, corpusSampleRateHz)) return;
  throw new DamagedFileError({
    where,
    expected: `a rate that can be turned into ${corpusSampleRateHz} Hz: from 1000 to 48000, or above in a simple ratio`,
    received: `${sampleRateHz} Hz`,
    fix: 'If the file is whole, convert it, for instance with: ffmpeg -i IN -ar 16000 OUT.wav',
  });
}

/** In a plain folder `a.wav` and `a.flac` are two recordings: where ids are alike but for the ending, all but the first keep theirs. */
function withEndings(entries: readonly FolderEntry[]): FolderEntry[] {
  return entries.map((entry, index) => {
    const { recording, facts } = entry;
    const isAlike = index > 0 && entries[index - 1]?.recording.id === recording.id;
    return isAlike ? { recording: { ...recording, id: recording.path }, facts } : entry;
  });
}

/** Passes the first of entries that share an id, in sorted order, and lists the others as skipped. */
function isFirstOfItsId(
  skipped: SkippedRecording[],
  { strict }: OpenSpeechCorpusOptions,
): (entry: FolderEntry) => boolean {
  const pathById = new Map<string, string>();
  return ({ recording: { id, path } }) => {
    const first = pathById.get(id);
    pathById.set(id, first ?? path);
    if (first === undefined) return true;
    const error = new DamagedFileError({
      where: path,
      expected: 'an id of its own',
      received: `"${id}", as ${first} has`,
    });
    if (strict === true) throw error;
    skipped.push({ path, reason: error.message });
    return false;
  };
}

function fingerprintOf(entries: readonly FolderEntry[]): string {
  const hash = createHash('sha256');
  for (const { recording, facts } of entries) {
    const { id, speaker, sampleCount } = recording;
    hash.update(`${JSON.stringify([id, speaker, sampleCount, facts.sampleRateHz, facts.byteLength, facts.digest])}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

function nothingUsable(asGiven: string, skipped: readonly SkippedRecording[]): CpcError {
  return new CpcError({
    where: asGiven,
    expected: 'at least 1 recording that can be used',
    received: `${skipped.length} audio files and none of them usable; the first: ${skipped[0]?.reason ?? ''}`,
  });
}
