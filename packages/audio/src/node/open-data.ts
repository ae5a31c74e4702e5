/** Finds the speech that a command names: a folder, or the built-in speech. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CpcError, skippedInWords } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import type { PhoneLabels } from '../data/phone-labels.js';
import { type BuiltInSpeech, createBuiltInSpeech } from '../synthesis/built-in-speech.js';
import { openSpeechCorpus } from './data/corpus.js';
import { corpusOfFolder, type FolderContents, type FolderSpeechCorpus } from './data/folder-corpus.js';
import { loadPhoneLabelFile, loadTimitLabels } from './data/labels.js';

/** What `--builtin` stands for. */
export const builtInData = 'builtin';

/** Speakers of the built-in speech that training hears; the others are kept for probes. */
const trainingSpeakers = 24;
const probeSpeakers = 8;

/** From what another thread opens the same speech: a plain value. */
export type SpeechSource =
  | { readonly kind: 'builtin' }
  | { readonly kind: 'folder'; readonly contents: FolderContents };

export interface OpenedSpeech {
  readonly corpus: SpeechCorpus;
  /** For threads that draw batches; left out where there are none to be: then the training thread draws. */
  readonly source?: SpeechSource;
  /** Recordings to use, by index; all if undefined. */
  readonly recordings?: readonly number[];
}

/** How the files of a folder are judged. */
export interface Opening {
  /** Refuse the first file that cannot be used, instead of skipping it. */
  readonly strict: boolean;
}

/**
 * @param use - of the built-in speech, training and probes get different speakers of one language. Of a folder, probes have every file
 *   decoded first, so that damage behind an intact head is known before rows are counted; training draws other windows for such files.
 */
export async function openSpeech(data: string, use: 'train' | 'probe', opening: Opening): Promise<OpenedSpeech> {
  if (data !== builtInData) return openedFolder(await openFolder(data, opening.strict, use === 'probe'));
  const corpus = builtInSpeech();
  const training = new Set(corpus.speakers.slice(0, trainingSpeakers));
  const isWanted = (speaker: string) => training.has(speaker) === (use === 'train');
  const recordings = [...corpus.recordings.keys()].filter((index) => isWanted(corpus.recordings[index]?.speaker ?? ''));
  return { corpus, source: { kind: 'builtin' }, recordings };
}

/**
 * The same speech again, with a cache of its own.
 *
 * @param threads - how many open it: each may keep its part of what one would.
 */
export function speechOf(source: SpeechSource, threads: number): SpeechCorpus {
  if (source.kind === 'builtin') return builtInSpeech();
  const { contents } = source;
  return corpusOfFolder({ ...contents, cacheBytes: Math.floor(contents.cacheBytes / threads) });
}

/** In words: files of a corpus that are not used, and what else is odd about it. */
export function corpusWarnings({ skipped, warnings = [] }: Pick<SpeechCorpus, 'skipped' | 'warnings'>): string[] {
  return [...warnings, ...skippedInWords(skipped)];
}

/** A corpus with the phones of its recordings. */
export async function openLabelledSpeech(
  data: string,
  opening: Opening,
): Promise<OpenedSpeech & { readonly labels: PhoneLabels }> {
  if (data === builtInData) return { ...(await openSpeech(data, 'probe', opening)), labels: builtInSpeech().labels() };
  const corpus = await openFolder(data, opening.strict, true);
  return { ...openedFolder(corpus), labels: await phoneLabelsOf(corpus) };
}

function openedFolder(corpus: FolderSpeechCorpus): OpenedSpeech {
  return { corpus, source: { kind: 'folder', contents: corpus.contents } };
}

function openFolder(data: string, strict: boolean, isReadWhole: boolean): Promise<FolderSpeechCorpus> {
  const maximumHours = hoursOf(process.env[hoursVariable]);
  return openSpeechCorpus(data, {
    strict,
    verify: strict || isReadWhole,
    ...(maximumHours === undefined ? {} : { maximumHours }),
  });
}

/** Read by commands; a program passes `maximumHours`. */
const hoursVariable = 'CPC_MAXIMUM_HOURS';

/** @throws {CpcError} for anything but a number above 0; nothing set is no limit of its own. */
export function hoursOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const hours = Number(text);
  if (Number.isFinite(hours) && hours > 0) return hours;
  throw new CpcError({ where: hoursVariable, expected: 'a number of hours above 0', received: JSON.stringify(text) });
}

/** `.phn` files beside the audio, or a label file of the paper's format in the folder. */
async function phoneLabelsOf(corpus: FolderSpeechCorpus): Promise<PhoneLabels> {
  for (const name of ['phone_labels.txt', 'converted_aligned_phones.txt']) {
    const path = join(corpus.folder, name);
    if (existsSync(path)) return loadPhoneLabelFile(corpus, path);
  }
  return loadTimitLabels(corpus);
}

function builtInSpeech(): BuiltInSpeech {
  return createBuiltInSpeech({
    seed: 1,
    speakers: trainingSpeakers + probeSpeakers,
    utterancesPerSpeaker: 8,
    secondsPerUtterance: 5,
  });
}
