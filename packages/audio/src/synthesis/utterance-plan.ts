/**
 * Who says what when: a sequence of timed phones that fills an utterance to the sample.
 *
 * Decides no sound (that is `control-tracks.ts`). A plosive is two phones here, its closure (labelled `sil`, as in TIMIT's
 * 39 classes) and its burst.
 */
import type { Random } from '@cpc/core';
import type { PhoneSegment } from '../data/phones.js';
import { drawWord, type Lexicon } from './lexicon.js';
import { hasVoiceBar, plosiveNames, silence, soundOf } from './phone-inventory.js';
import { between, clamp, type Voice } from './voice.js';

/** A phone in its place. */
export interface PlannedPhone extends PhoneSegment {
  /** The plosive whose closure this is; only closures have one. */
  readonly closureOf?: string;
}

const pauseProbability = 0.2;
/** Room for a last pause: words stop being added this long before the end. */
const tailSeconds = 0.15;

/**
 * Plans an utterance.
 *
 * @param sampleCount - its length; the segments cover it without a gap.
 * @param sampleRateHz - samples per second.
 */
export function planUtterance(
  lexicon: Lexicon,
  voice: Voice,
  sampleCount: number,
  sampleRateHz: number,
  random: Random,
): PlannedPhone[] {
  const tempo = voice.tempo * clamp(1 + 0.06 * random.normal(), 0.85, 1.15);
  const planned: PlannedPhone[] = [];
  let at = 0;
  const add = (phone: string, seconds: number, closureOf?: string): void => {
    const endSample = Math.min(sampleCount, at + Math.max(1, Math.round(seconds * sampleRateHz)));
    if (endSample === at) return;
    planned.push({ startSample: at, endSample, phone, ...(closureOf === undefined ? {} : { closureOf }) });
    at = endSample;
  };
  add(silence, between(random, 0.05, 0.25));
  const wordsEnd = sampleCount - tailSeconds * sampleRateHz;
  while (at < wordsEnd) {
    for (const phone of drawWord(lexicon, random)) {
      if (plosiveNames.includes(phone)) add(silence, tempo * between(random, 0.04, 0.075), phone);
      add(phone, (soundOf(phone).milliseconds / 1_000) * tempo * Math.exp(0.2 * random.normal()));
    }
    if (random.uniform() < pauseProbability) add(silence, between(random, 0.08, 0.25));
  }
  add(silence, Infinity);
  return planned;
}

/** Level of the voice during a phone: its own, or the faint voice bar of a voiced closure. */
export function voicingOf({ phone, closureOf }: PlannedPhone): number {
  if (closureOf !== undefined) return hasVoiceBar(closureOf) ? 0.12 : 0;
  return soundOf(phone).voicing;
}
