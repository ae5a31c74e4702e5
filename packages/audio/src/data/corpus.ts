/**
 * What the rest of the package knows about speech data: a list of recordings and a way to read them.
 *
 * Opens no file and makes no speech: `node/data/corpus.ts` implements this for folders, `synthesis/built-in-speech.ts` for
 * speech made from a seed, `createMemoryCorpus` here for samples a program already has (a browser's microphone, say).
 */
import { CpcArgumentError, type SkippedFile } from '@cpc/core';

/** The rate every corpus delivers, whatever its files hold. Section 3.1 of the paper. */
export const corpusSampleRateHz = 16_000;

/** One recording as `read` delivers it: mono, at the corpus's rate. */
export interface SpeechRecording {
  /** Unique in the corpus; what label files call it. */
  readonly id: string;
  /** Who speaks. By which rule is told by the corpus's `layout`, see `layouts.ts`. */
  readonly speaker: string;
  /** Where it came from: a path relative to the corpus, with `/`; empty for speech that has no file. */
  readonly path: string;
  /** Samples that `read` returns, after resampling. */
  readonly sampleCount: number;
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
  /** Rate of the file it came from; `read` has resampled it. */
  readonly sourceSampleRateHz: number;
  /** What else the path says, by name: `chapter`, `digit`, `sentence` and so on. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A file that is not used, and why. */
export type SkippedRecording = SkippedFile;

/** A list of recordings, in a fixed order, that are read when asked for. */
export interface SpeechCorpus {
  readonly name: string;
  /** How ids and speakers were found: the name of a layout, `built-in` or `memory`. */
  readonly layout: string;
  readonly sampleRateHz: number;
  /** In ascending order of id, by UTF-16 code units. */
  readonly recordings: readonly SpeechRecording[];
  /** The different speakers, in ascending order. The index here is the speaker's class. */
  readonly speakers: readonly string[];
  readonly skipped: readonly SkippedRecording[];
  /** What else a user should know about how the files were read. */
  readonly warnings?: readonly string[];
  /** Equal for equal data: goes into the run record. The implementation says what it covers. */
  readonly fingerprint: string;
  /**
   * Samples of one recording, or of a part of it.
   *
   * @param index - position in `recordings`.
   * @param start - first sample wanted, default 0.
   * @param count - samples wanted, default all that follow.
   * @returns float32 within [-1, 1]; a new array that the caller owns.
   * @throws {CpcArgumentError} if there is no such recording or range.
   */
  read(index: number, start?: number, count?: number): Promise<Float32Array>;
}

/** One recording handed to `createMemoryCorpus`. */
export interface MemoryRecording {
  readonly id: string;
  readonly speaker: string;
  /** Mono, at 16 kHz, within [-1, 1]. Not copied: do not change it afterwards. */
  readonly samples: Float32Array;
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * A corpus of samples that are already in memory.
 *
 * @param recordings - at least one; ids differ, none is empty; any order.
 * @param options - its `name` and, if run records should tell such corpora apart, a `fingerprint`.
 * @returns the corpus, which refers to the samples given.
 * @throws {CpcArgumentError} if there is no recording, an id comes twice, or one has no samples.
 *
 * @example
 * const corpus = createMemoryCorpus([{ id: 'a', speaker: 'me', samples }], { name: 'microphone' });
 */
export function createMemoryCorpus(
  recordings: readonly MemoryRecording[],
  options: { readonly name: string; readonly fingerprint?: string },
): SpeechCorpus {
  const sorted = [...recordings].sort((a, b) => compareText(a.id, b.id));
  refuseBadRecordings(sorted);
  const list = sorted.map(({ id, speaker, samples, attributes }) =>
    describeRecording({ id, speaker, path: '', attributes: attributes ?? {} }, samples.length),
  );
  return {
    name: options.name,
    layout: 'memory',
    sampleRateHz: corpusSampleRateHz,
    recordings: list,
    speakers: speakersOf(list),
    skipped: [],
    fingerprint: options.fingerprint ?? `memory:${options.name}`,
    read: (index, start = 0, count) => {
      const { samples } = recordingAt(sorted, index);
      return Promise.resolve(samples.slice(...checkedRange(samples.length, start, count)));
    },
  };
}

/** A recording's entry, for a known length at the corpus's rate. */
export function describeRecording(
  recording: Pick<SpeechRecording, 'id' | 'speaker' | 'path' | 'attributes'>,
  sampleCount: number,
  sourceSampleRateHz = corpusSampleRateHz,
): SpeechRecording {
  const durationSeconds = sampleCount / corpusSampleRateHz;
  return { ...recording, sampleCount, sampleRateHz: corpusSampleRateHz, durationSeconds, sourceSampleRateHz };
}

/** What a recording is called where files are listed: its path, or its id if it has no file. */
export function nameOf({ path, id }: Pick<SpeechRecording, 'path' | 'id'>): string {
  return path === '' ? id : path;
}

/** The different speakers of a list, in ascending order. */
export function speakersOf(recordings: readonly SpeechRecording[]): string[] {
  return [...new Set(recordings.map(({ speaker }) => speaker))].sort(compareText);
}

/** Orders text by UTF-16 code units: the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The entry at `index`.
 *
 * @throws {CpcArgumentError} if there is none.
 */
export function recordingAt<Recording>(recordings: readonly Recording[], index: number): Recording {
  const recording = recordings[index];
  if (recording !== undefined) return recording;
  throw new CpcArgumentError({
    argument: 'index',
    where: 'read',
    expected: `a recording's index from 0 to ${recordings.length - 1}`,
    received: index,
  });
}

/**
 * The range `[start, end)` of a recording of `length` samples.
 *
 * @throws {CpcArgumentError} if it does not lie within the recording.
 */
export function checkedRange(length: number, start: number, count = length - start): [start: number, end: number] {
  if (Number.isInteger(start) && Number.isInteger(count) && start >= 0 && count >= 0 && start + count <= length) {
    return [start, start + count];
  }
  throw new CpcArgumentError({
    argument: 'start',
    where: 'read',
    expected: `a range within the recording's ${length} samples`,
    received: `${count} samples from ${start}`,
  });
}

function refuseBadRecordings(sorted: readonly MemoryRecording[]): void {
  if (sorted.length === 0) {
    throw new CpcArgumentError({
      argument: 'recordings',
      where: 'createMemoryCorpus',
      expected: 'at least 1 recording',
      received: 0,
    });
  }
  for (const [index, { id, samples }] of sorted.entries()) {
    const problem =
      samples.length === 0 ? 'no samples' : id === sorted[index - 1]?.id ? 'an id that comes twice' : undefined;
    if (problem === undefined) continue;
    throw new CpcArgumentError({
      argument: 'recordings',
      where: 'createMemoryCorpus',
      expected: 'different ids and samples in each recording',
      received: `"${id}" with ${problem}`,
    });
  }
}
