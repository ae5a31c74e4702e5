/**
 * Opens a folder of recordings as a `SpeechCorpus`: finds the files, reads their heads, lists what cannot be used.
 *
 * What a path means is decided in `data/layouts.ts`; how recordings are read later, in `folder-corpus.ts`.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { CpcArgumentError, CpcError } from '@cpc/core';
import { compareText, corpusSampleRateHz, describeRecording, type SkippedRecording } from '../../data/corpus.js';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { type CorpusLayout, corpusLayouts, type LayoutName, layoutNamed, recogniseLayout } from '../../data/layouts.js';
import { canResample, createResampler } from '../../data/resample.js';
import { inspectAudioFile } from './audio-file.js';
import { corpusOfFolder, type FolderEntry, type FolderSpeechCorpus, readRecording } from './folder-corpus.js';

export interface OpenSpeechCorpusOptions {
  /** How files are named; `auto` (default) takes the first layout that matches every file. */
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
 * @param path - the folder.
 * @returns recordings in ascending order of id, whatever order the file system lists them in.
 * @throws {CpcArgumentError} if the folder is missing or is none, or the layout is not known.
 * @throws {CpcError} if it holds no audio, or none that can be used.
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
  const folder = resolve(path);
  const paths = await listAudioFiles(folder, path);
  const requested = options.layout ?? 'auto';
  const layout = requested === 'auto' ? recogniseLayout(paths) : layoutNamed(requested);
  const { entries, skipped } = await inspectAll(folder, paths, layout, options);
  if (entries.length === 0) throw nothingUsable(path, skipped);
  const { cacheBytes = defaultCacheBytes, longSeconds = 600 } = options;
  return corpusOfFolder({
    folder,
    layout: layout.name,
    entries,
    skipped,
    fingerprint: fingerprintOf(entries),
    cacheBytes,
    longSeconds,
  });
}

const defaultCacheBytes = 512 * 2 ** 20;
const filesAtOnce = 16;

async function listAudioFiles(folder: string, asGiven: string): Promise<string[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder !== true) {
    throw new CpcArgumentError({
      where: 'openSpeechCorpus',
      argument: 'path',
      expected: 'a folder of WAV or FLAC files',
      received: `"${asGiven}", ${isFolder === undefined ? 'which does not exist' : 'which is a file'}`,
    });
  }
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile() && /\.(wav|flac)$/i.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  if (paths.length > 0) return paths.sort(compareText);
  throw new CpcError({
    where: asGiven,
    expected: `files ending in .wav or .flac, at any depth (${corpusLayouts.map(({ name, rule }) => `${name}: ${rule}`).join('; ')})`,
    received: `${found.length} entries, none of them such a file`,
  });
}

async function inspectAll(
  folder: string,
  paths: readonly string[],
  layout: CorpusLayout,
  options: OpenSpeechCorpusOptions,
): Promise<{ entries: FolderEntry[]; skipped: SkippedRecording[] }> {
  const entries: FolderEntry[] = [];
  const skipped: SkippedRecording[] = [];
  for (let from = 0; from < paths.length; from += filesAtOnce) {
    const some = paths.slice(from, from + filesAtOnce);
    const results = await Promise.allSettled(some.map((path) => inspect(folder, path, layout, options)));
    results.forEach((result, index) => {
      if (result.status === 'fulfilled') entries.push(result.value);
      else if (options.strict === true || !DamagedFileError.isInstance(result.reason)) throw result.reason;
      else skipped.push({ path: some[index] ?? '', reason: result.reason.message });
    });
  }
  entries.sort(
    (a, b) => compareText(a.recording.id, b.recording.id) || compareText(a.recording.path, b.recording.path),
  );
  return { entries: entries.filter(isFirstOfItsId(skipped, options)), skipped };
}

async function inspect(
  folder: string,
  path: string,
  layout: CorpusLayout,
  { minimumSeconds = 0, verify = false }: OpenSpeechCorpusOptions,
): Promise<FolderEntry> {
  const parsed = layout.parse(path);
  if (parsed === undefined) {
    throw new DamagedFileError({
      where: path,
      expected: `a path of the layout ${layout.name} (${layout.rule})`,
      received: path,
    });
  }
  const facts = await inspectAudioFile(join(folder, path), path);
  refuseOddRate(facts.sampleRateHz, path);
  const sampleCount = Math.round((facts.sampleCount * corpusSampleRateHz) / facts.sampleRateHz);
  const recording = describeRecording({ ...parsed, path }, sampleCount, facts.sampleRateHz);
  if (sampleCount === 0 || recording.durationSeconds < minimumSeconds) {
    throw new DamagedFileError({
      where: path,
      expected: minimumSeconds > 0 ? `at least ${minimumSeconds} s` : 'at least 1 sample',
      received: `${recording.durationSeconds} s`,
    });
  }
  if (verify) await readRecording(folder, recording, createResampler(facts.sampleRateHz, corpusSampleRateHz));
  return { recording, facts };
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
