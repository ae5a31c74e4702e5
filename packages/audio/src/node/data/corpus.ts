/**
 * A folder of recordings as a `SpeechCorpus`: finds the files, reads their heads, decodes a recording when it is asked for.
 *
 * What a path means is decided in `data/layouts.ts`, how a file is decoded in `audio-file.ts`.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { CpcArgumentError, CpcError } from '@cpc/core';
import {
  checkedRange,
  compareText,
  corpusSampleRateHz,
  describeRecording,
  recordingAt,
  type SkippedRecording,
  type SpeechCorpus,
  type SpeechRecording,
  speakersOf,
} from '../../data/corpus.js';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { type CorpusLayout, corpusLayouts, type LayoutName, layoutNamed, recogniseLayout } from '../../data/layouts.js';
import { type PackedSamples, packSamples, unpackSamples } from '../../data/packed-samples.js';
import { canResample, createResampler, type Resampler } from '../../data/resample.js';
import { mixToMono } from '../../data/wav.js';
import { type AudioFileFacts, inspectAudioFile, readAudioFile, readAudioRange } from './audio-file.js';
import { createSampleCache } from './sample-cache.js';

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

/** A corpus that lies in a folder. */
export interface FolderSpeechCorpus extends SpeechCorpus {
  /** The folder, as an absolute path; `recordings[i].path` is relative to it. */
  readonly folder: string;
  readonly layout: LayoutName;
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
  return assemble({ folder, layout, entries, skipped, cacheBytes, longSeconds });
}

const defaultCacheBytes = 512 * 2 ** 20;
const filesAtOnce = 16;

/** A recording and the file behind it. */
interface Entry {
  readonly recording: SpeechRecording;
  readonly facts: AudioFileFacts;
}

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
): Promise<{ entries: Entry[]; skipped: SkippedRecording[] }> {
  const entries: Entry[] = [];
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
): Promise<Entry> {
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
function isFirstOfItsId(skipped: SkippedRecording[], { strict }: OpenSpeechCorpusOptions): (entry: Entry) => boolean {
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

interface Parts {
  readonly folder: string;
  readonly layout: CorpusLayout;
  readonly entries: readonly Entry[];
  readonly skipped: readonly SkippedRecording[];
  readonly cacheBytes: number;
  readonly longSeconds: number;
}

function assemble({ folder, layout, entries, skipped, cacheBytes, longSeconds }: Parts): FolderSpeechCorpus {
  const recordings = entries.map(({ recording }) => recording);
  const resamplerFrom = createResamplers();
  const load = createLoader(folder, recordings, cacheBytes, resamplerFrom);
  return {
    name: basename(folder),
    folder,
    layout: layout.name,
    sampleRateHz: corpusSampleRateHz,
    recordings,
    speakers: speakersOf(recordings),
    skipped,
    fingerprint: fingerprintOf(entries),
    async read(index, start = 0, count) {
      const recording = recordingAt(recordings, index);
      const range = checkedRange(recording.sampleCount, start, count);
      const isPart = range[1] - range[0] < recording.sampleCount && recording.durationSeconds > longSeconds;
      const part = isPart ? await readPart(folder, entries[index], range, resamplerFrom) : undefined;
      return part ?? unpackSamples(await load(index), ...range);
    },
  };
}

/** One per rate: a filter's table takes a while to make. */
function createResamplers(): (rateHz: number) => Resampler {
  const resamplers = new Map<number, Resampler>();
  return (rateHz) => {
    const resampler = resamplers.get(rateHz) ?? createResampler(rateHz, corpusSampleRateHz);
    resamplers.set(rateHz, resampler);
    return resampler;
  };
}

/** Samples of a part of a recording, the same as of the whole; `undefined` where the file has to be decoded from its start. */
async function readPart(
  folder: string,
  entry: Entry | undefined,
  [start, stop]: readonly [number, number],
  resamplerFrom: (rateHz: number) => Resampler,
): Promise<Float32Array | undefined> {
  if (entry === undefined) return undefined;
  const { recording, facts } = entry;
  const resampler = resamplerFrom(facts.sampleRateHz);
  const [begin, end] = resampler.inputRange(start, stop, facts.sampleCount);
  const decoded = await readAudioRange(join(folder, recording.path), recording.path, facts, [begin, end]);
  return decoded && resampler.part(mixToMono(decoded.channels), begin, start, stop);
}

/**
 * Decodes recordings when first asked for; a recording asked for twice at once is decoded once. The one decoded last stays,
 * also where the cache has no room for it: whoever reads it part by part would have it decoded for every part.
 */
function createLoader(
  folder: string,
  recordings: readonly SpeechRecording[],
  cacheBytes: number,
  resamplerFrom: (rateHz: number) => Resampler,
): (index: number) => Promise<PackedSamples> {
  const cache = createSampleCache(cacheBytes);
  const loading = new Map<number, Promise<PackedSamples>>();
  let latest: { readonly index: number; readonly packed: PackedSamples } | undefined;
  const loadNow = async (index: number): Promise<PackedSamples> => {
    const recording = recordingAt(recordings, index);
    const packed = packSamples(await readRecording(folder, recording, resamplerFrom(recording.sourceSampleRateHz)));
    cache.set(index, packed);
    latest = { index, packed };
    return packed;
  };
  return (index) => {
    const kept = cache.get(index) ?? (latest?.index === index ? latest.packed : undefined);
    if (kept !== undefined) return Promise.resolve(kept);
    const pending = loading.get(index) ?? loadNow(index).finally(() => loading.delete(index));
    loading.set(index, pending);
    return pending;
  };
}

async function readRecording(folder: string, recording: SpeechRecording, resampler: Resampler): Promise<Float32Array> {
  const { path, sampleCount, sourceSampleRateHz } = recording;
  const { sampleRateHz, channels } = await readAudioFile(join(folder, path), path);
  const samples = sampleRateHz === sourceSampleRateHz ? resampler(mixToMono(channels)) : new Float32Array(0);
  if (samples.length === sampleCount) return samples;
  throw new DamagedFileError({
    where: path,
    expected: `${sampleCount} samples at 16000 Hz from a file of ${sourceSampleRateHz} Hz, as when the corpus was opened`,
    received: `${samples.length} samples from a file of ${sampleRateHz} Hz`,
    fix: 'The file has changed: open the corpus again.',
  });
}

function fingerprintOf(entries: readonly Entry[]): string {
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
