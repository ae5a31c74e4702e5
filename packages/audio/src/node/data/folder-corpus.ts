/**
 * A folder of recordings whose files are known: reads and decodes a recording when it is asked for.
 *
 * Does not look for files and does not judge them (`corpus.ts` does); how a file is decoded is told in `audio-file.ts`.
 */
import { basename, join } from 'node:path';
import {
  checkedRange,
  corpusSampleRateHz,
  recordingAt,
  type SkippedRecording,
  type SpeechCorpus,
  type SpeechRecording,
  speakersOf,
} from '../../data/corpus.js';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import type { LayoutName } from '../../data/layouts.js';
import { type PackedSamples, packSamples, unpackSamples } from '../../data/packed-samples.js';
import { createResampler, type Resampler } from '../../data/resample.js';
import { createResampledStream } from '../../data/resampled-stream.js';
import { mixToMono } from '../../data/wav.js';
import { type AudioFileFacts, readAudioRange } from './audio-file.js';
import { monoPieces } from './mono-pieces.js';
import { createSampleCache } from './sample-cache.js';

/** A recording and the file behind it. */
export interface FolderEntry {
  readonly recording: SpeechRecording;
  readonly facts: AudioFileFacts;
}

/** What a folder was found to hold: a plain value, from which another thread has the same corpus without looking at the files again. */
export interface FolderContents {
  /** An absolute path. */
  readonly folder: string;
  readonly layout: LayoutName;
  /** In the order of the corpus. */
  readonly entries: readonly FolderEntry[];
  readonly skipped: readonly SkippedRecording[];
  readonly warnings: readonly string[];
  readonly fingerprint: string;
  /** As in `OpenSpeechCorpusOptions`. */
  readonly cacheBytes: number;
  /** As in `OpenSpeechCorpusOptions`. */
  readonly longSeconds: number;
}

/** A corpus that lies in a folder. */
export interface FolderSpeechCorpus extends SpeechCorpus {
  /** The folder, as an absolute path; `recordings[i].path` is relative to it. */
  readonly folder: string;
  readonly layout: LayoutName;
  /** What it was made from. */
  readonly contents: FolderContents;
}

/** The corpus of a folder that was looked through before. Its cache is its own, and empty. */
export function corpusOfFolder(contents: FolderContents): FolderSpeechCorpus {
  const { folder, layout, entries, skipped, warnings, fingerprint, longSeconds } = contents;
  const recordings = entries.map(({ recording }) => recording);
  const resamplerFrom = createResamplers();
  const load = createLoader(contents, resamplerFrom);
  return {
    name: basename(folder),
    folder,
    layout,
    contents,
    sampleRateHz: corpusSampleRateHz,
    recordings,
    speakers: speakersOf(recordings),
    skipped,
    warnings,
    fingerprint,
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
  entry: FolderEntry | undefined,
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
  { folder, entries, cacheBytes }: FolderContents,
  resamplerFrom: (rateHz: number) => Resampler,
): (index: number) => Promise<PackedSamples> {
  const cache = createSampleCache(cacheBytes);
  const loading = new Map<number, Promise<PackedSamples>>();
  let latest: { readonly index: number; readonly packed: PackedSamples } | undefined;
  const loadNow = async (index: number): Promise<PackedSamples> => {
    const entry = entries[index];
    if (entry === undefined) throw new RangeError(`no recording ${index}`); // callers have checked
    const resampler = resamplerFrom(entry.recording.sourceSampleRateHz);
    const packed = packSamples(await readRecording(folder, entry, resampler));
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

/**
 * A whole recording, decoded and resampled piece by piece.
 *
 * @throws {DamagedFileError} if it is damaged, or another than when the corpus was opened.
 */
export async function readRecording(
  folder: string,
  { recording: { path, sampleCount, sourceSampleRateHz }, facts }: FolderEntry,
  resampler: Resampler,
): Promise<Float32Array> {
  const output = new Float32Array(sampleCount);
  const stream = createResampledStream(resampler, output);
  for await (const piece of monoPieces(join(folder, path), path, facts)) stream.add(piece);
  const received = Math.round((stream.received() * corpusSampleRateHz) / sourceSampleRateHz);
  if (received !== sampleCount) {
    throw new DamagedFileError({
      where: path,
      kind: 'changed',
      expected: `${sampleCount} samples at ${corpusSampleRateHz} Hz, as when the corpus was opened`,
      received: `${received} samples`,
      fix: 'The file has changed: open the corpus again.',
    });
  }
  stream.finish();
  return output;
}
