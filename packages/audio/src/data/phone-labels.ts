/**
 * Phone labels of a whole corpus, frame by frame: what a phone probe is trained and scored on.
 *
 * Wherever the labels come from (segments of `.phn` files or of built-in speech, the paper's label files), they end up here.
 */
import type { SkippedRecording, SpeechCorpus } from './corpus.js';
import { framePhones, wholeHops } from './frame-labels.js';
import type { PhoneSegment } from './phones.js';

/** Labels for the recordings of a corpus. */
export interface PhoneLabels {
  /** The index is the class. */
  readonly classNames: readonly string[];
  /** In words: which label a latent takes. Goes into the run record. */
  readonly alignment: string;
  /** By recording: a class per whole hop of 160 samples, -1 for frames not scored; `undefined` without any labels. */
  readonly byRecording: readonly (Int32Array | undefined)[];
  /** Recordings without labels, and why. */
  readonly missing: readonly SkippedRecording[];
}

/** How labels made from segments are aligned, in words. */
export const centreAlignment = 'latent t takes the phone at sample 160 t + 80, the centre of its hop';

/**
 * Labels for a corpus whose phones are known to the sample.
 *
 * @param corpus - the recordings.
 * @param segmentsOf - a recording's segments at 16 kHz, in order; `undefined` if it has none.
 * @param classNames - the classes, in order.
 * @param classNameOf - a phone's class, or `undefined` if it is not scored; default the phone itself.
 */
export function phoneLabelsFromSegments(
  corpus: SpeechCorpus,
  segmentsOf: (index: number) => readonly PhoneSegment[] | undefined,
  classNames: readonly string[],
  classNameOf: (phone: string) => string | undefined = (phone) => phone,
): PhoneLabels {
  const classOfName = new Map(classNames.map((name, index) => [name, index]));
  const classOf = (phone: string): number | undefined => classOfName.get(classNameOf(phone) ?? '');
  const byRecording = corpus.recordings.map(({ sampleCount }, index) => {
    const segments = segmentsOf(index);
    return segments && framePhones(segments, wholeHops(sampleCount), classOf);
  });
  const missing = corpus.recordings
    .filter((_, index) => byRecording[index] === undefined)
    .map(({ id }) => ({ path: id, reason: 'it has no phone segments' }));
  return { classNames, alignment: centreAlignment, byRecording, missing };
}
