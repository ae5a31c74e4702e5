/**
 * Phone labels from files, for the recordings of a corpus: TIMIT's `.phn` beside each recording, or one label file.
 *
 * What the files' lines mean is decided in `data/phones.ts` and `data/phone-label-file.ts`, which latent takes which label
 * in `data/frame-labels.ts`.
 */
import { basename, join } from 'node:path';
import { CpcError } from '@cpc/core';
import type { SkippedRecording, SpeechCorpus, SpeechRecording } from '../../data/corpus.js';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { expectedLabelCount, type LabelPairing, latentLabels, wholeHops } from '../../data/frame-labels.js';
import { librispeechPhoneClassCount, parsePhoneLabelFile } from '../../data/phone-label-file.js';
import { type PhoneLabels, phoneLabelsFromSegments } from '../../data/phone-labels.js';
import {
  foldPhone,
  type PhoneFolding,
  type PhoneSegment,
  parsePhoneSegments,
  phoneClasses,
} from '../../data/phones.js';
import type { FolderSpeechCorpus } from './folder-corpus.js';
import { readText, readTextIfThere } from './text-file.js';

/** A `.phn` file may end this much after its recording (0.1 s) before it is taken for another recording's. */
const segmentToleranceSamples = 1_600;

/**
 * Labels from the `.phn` file beside each recording of TIMIT.
 *
 * @param corpus - a corpus with `.phn` files beside its audio.
 * @param options - `classes`: 39 (default, as scored since Lee & Hon 1989), 48 or 61.
 * @returns labels at the centre of each hop; recordings without a `.phn` file are in `missing`.
 * @throws {DamagedFileError} if a `.phn` file is damaged or ends more than 0.1 s after its recording.
 * @throws {CpcError} if no recording has one.
 *
 * @example
 * const labels = await loadTimitLabels(await openSpeechCorpus('timit'));
 */
export async function loadTimitLabels(
  corpus: FolderSpeechCorpus,
  options: { readonly classes?: PhoneFolding } = {},
): Promise<PhoneLabels> {
  const classes = options.classes ?? 39;
  const segments: (PhoneSegment[] | undefined)[] = [];
  for (const recording of corpus.recordings) segments.push(await readSegments(corpus.folder, recording));
  const labels = phoneLabelsFromSegments(
    corpus,
    (index) => segments[index],
    phoneClasses(classes),
    (phone) => foldPhone(phone, classes),
  );
  return refuseAllMissing(labels, corpus.folder, 'a .phn file beside at least 1 recording');
}

async function readSegments(folder: string, recording: SpeechRecording): Promise<PhoneSegment[] | undefined> {
  const stem = recording.path.replace(/(\.wav)?\.\w+$/i, '');
  const found = await firstThere(folder, [`${stem}.phn`, `${stem}.PHN`]);
  if (found === undefined) return undefined;
  const { where, text } = found;
  const scale = recording.sampleRateHz / recording.sourceSampleRateHz; // .phn files count the samples of their own audio
  const segments = parsePhoneSegments(text, where).map(({ startSample, endSample, phone }) => ({
    startSample: Math.round(startSample * scale),
    endSample: Math.round(endSample * scale),
    phone,
  }));
  const end = segments.at(-1)?.endSample ?? 0;
  if (end <= recording.sampleCount + segmentToleranceSamples) return segments;
  throw new DamagedFileError({
    where,
    expected: `segments within the recording's ${recording.sampleCount} samples`,
    received: `an end at sample ${end}`,
    fix: 'The labels belong to another recording.',
  });
}

async function firstThere(folder: string, names: readonly string[]) {
  for (const where of names) {
    const text = await readTextIfThere(join(folder, where));
    if (text !== undefined) return { where, text };
  }
  return undefined;
}

/**
 * Labels from a label file as the paper's authors released for LibriSpeech.
 *
 * @param corpus - recordings whose ids the file uses.
 * @param path - the label file, such as `converted_aligned_phones.txt`.
 * @param options - `pairing`: which label a latent takes, default `same-index`; `classCount`, default 41.
 * @returns labels per hop; recordings that the file does not name are in `missing`.
 * @throws {DamagedFileError} if a line is damaged, or a recording does not have floor((n - 400) / 160) + 1 labels.
 * @throws {CpcError} if the file names no recording of the corpus.
 *
 * @example
 * const labels = await loadPhoneLabelFile(corpus, 'converted_aligned_phones.txt');
 */
export async function loadPhoneLabelFile(
  corpus: SpeechCorpus,
  path: string,
  options: { readonly pairing?: LabelPairing; readonly classCount?: number } = {},
): Promise<PhoneLabels> {
  const { pairing = 'same-index', classCount = librispeechPhoneClassCount } = options;
  const where = basename(path);
  const labelsById = parsePhoneLabelFile(await readText(path), where, classCount);
  const missing: SkippedRecording[] = [];
  const byRecording = corpus.recordings.map(({ id, sampleCount }) => {
    const labels = labelsById.get(id);
    if (labels === undefined) {
      missing.push({ path: id, reason: `${where} does not name it` });
      return undefined;
    }
    refuseWrongCount(id, labels.length, sampleCount, where);
    return latentLabels(labels, wholeHops(sampleCount), pairing);
  });
  const classNames = Array.from({ length: classCount }, (_, label) => `class ${label}`); // the file names none
  const labels = { classNames, alignment: pairingInWords[pairing], byRecording, missing };
  return refuseAllMissing(labels, where, 'at least 1 utterance of the corpus');
}

const pairingInWords: Readonly<Record<LabelPairing, string>> = {
  'same-index': 'latent t takes label t, of samples [160 t, 160 t + 400); the last 1 or 2 latents have none',
  'nearest-centre':
    'latent t takes label t - 1, of samples [160 t - 160, 160 t + 240); the first latent has none, and the last 0 or 1',
};

function refuseWrongCount(id: string, received: number, sampleCount: number, where: string): void {
  const expected = expectedLabelCount(sampleCount);
  if (received === expected) return;
  throw new DamagedFileError({
    where: `${where}, ${id}`,
    expected: `${expected} labels, floor((n - 400) / 160) + 1 for its ${sampleCount} samples`,
    received: `${received}`,
    fix: 'The labels belong to other audio.',
  });
}

function refuseAllMissing(labels: PhoneLabels, where: string, expected: string): PhoneLabels {
  if (labels.missing.length < labels.byRecording.length) return labels;
  throw new CpcError({ where, expected, received: `labels for none of ${labels.byRecording.length} recordings` });
}
