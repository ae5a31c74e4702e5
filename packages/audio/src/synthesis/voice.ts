/**
 * What makes a speaker of built-in speech: drawn once per speaker, kept for all utterances.
 *
 * The ranges are ours; they span those of Peterson & Barney's (1952) men and women.
 */
import type { Random } from '@cpc/core';

/** A speaker's voice, manner and recording. */
export interface Voice {
  /** Mean pitch, 85 to 230 Hz. */
  readonly pitchHz: number;
  /** How lively the pitch moves, 0.05 to 0.15 of its mean. */
  readonly pitchRange: number;
  /** Factor on all formants: 0.9 for a long vocal tract to 1.2 for a short one. Goes with pitch, loosely. */
  readonly formantScale: number;
  /** This speaker's own factor on each formant, within about 3 %. */
  readonly formantHabits: readonly number[];
  /** Pole of the low-pass on the voice: 0 bright to 0.6 dull. */
  readonly tilt: number;
  /** Breath mixed into the voice, 0.01 to 0.08. */
  readonly breathiness: number;
  /** Factor on durations, 0.8 fast to 1.25 slow. */
  readonly tempo: number;
  /** Root mean square of an utterance, 0.03 to 0.1 of full scale. */
  readonly level: number;
  /** Background noise under the speech, 22 to 38 dB. */
  readonly noiseDecibelsBelow: number;
}

/** Draws a voice; equal states of `random` give equal voices. */
export function drawVoice(random: Random): Voice {
  const size = random.uniform(); // 0 large, 1 small speaker
  return {
    pitchHz: 85 * (230 / 85) ** clamp(size + 0.15 * random.normal(), 0, 1),
    pitchRange: between(random, 0.05, 0.15),
    formantScale: clamp(0.9 + 0.28 * size + 0.03 * random.normal(), 0.88, 1.22),
    formantHabits: [0, 1, 2, 3].map(() => 1 + 0.03 * random.normal()),
    tilt: between(random, 0, 0.6),
    breathiness: between(random, 0.01, 0.08),
    tempo: between(random, 0.8, 1.25),
    level: 0.03 * (0.1 / 0.03) ** random.uniform(),
    noiseDecibelsBelow: between(random, 22, 38),
  };
}

/** Uniform from `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}

/** `value`, or the nearer end if it lies outside. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
