/**
 * From timed phones to what the synthesiser is told every 5 ms: formants, levels and pitch, gliding from phone to phone.
 *
 * Coarticulation comes twice: a consonant's target leans towards the neighbouring vowels' formants, and all targets are
 * averaged over the 40 ms before and after (levels: 7.5 ms), so that a phone is heard in its neighbours before it comes.
 */
import type { Random } from '@cpc/core';
import { soundOf, vowelNames } from './phone-inventory.js';
import { type PlannedPhone, voicingOf } from './utterance-plan.js';
import { clamp, type Voice } from './voice.js';

/** Samples per control frame: 5 ms at 16 kHz. */
export const controlSamples = 80;

export const formantCount = 4;

/** What the synthesiser is told, `[frames]` each. */
export interface ControlTracks {
  readonly frameCount: number;
  /** Hz, one track per formant. */
  readonly formantsHz: readonly Float64Array[];
  readonly damping: Float64Array;
  readonly voicing: Float64Array;
  readonly aspiration: Float64Array;
  readonly frication: Float64Array;
  readonly noiseHz: Float64Array;
  readonly noiseBandwidthHz: Float64Array;
  readonly pitchHz: Float64Array;
}

const formantSpread = 8; // frames: 40 ms
const levelSpread = 1.5; // frames: 7.5 ms
/** How far one utterance of a phone strays from its target, as a standard deviation. */
const tokenSpread = 0.045;

/** Draws the tracks of an utterance; equal states of `random` give equal tracks. */
export function drawControlTracks(
  planned: readonly PlannedPhone[],
  voice: Voice,
  sampleCount: number,
  random: Random,
): ControlTracks {
  const frameCount = Math.ceil(sampleCount / controlSamples);
  const phoneOfFrame = framesToPhones(planned, frameCount);
  const track = (spread: number, valueFor: (phone: PlannedPhone, index: number) => number): Float64Array => {
    const values = Float64Array.from(planned, valueFor);
    return smooth(
      Float64Array.from(phoneOfFrame, (index) => values[index] ?? 0),
      spread,
    );
  };
  const targets = formantTargets(planned, voice, random);
  return {
    frameCount,
    formantsHz: Array.from({ length: formantCount }, (_, formant) =>
      track(formantSpread, (_phone, index) => targets[index]?.[formant] ?? 0),
    ),
    damping: track(levelSpread, ({ phone }) => soundOf(phone).damping),
    voicing: track(levelSpread, (phone) => voicingOf(phone) * Math.exp(0.15 * random.normal())),
    aspiration: track(levelSpread, ({ phone }) => soundOf(phone).aspiration),
    frication: track(levelSpread, ({ phone }) => soundOf(phone).frication * Math.exp(0.25 * random.normal())),
    noiseHz: track(
      levelSpread,
      ({ phone }) => soundOf(phone).noiseHz * noiseScale(voice) * (1 + 0.05 * random.normal()),
    ),
    noiseBandwidthHz: track(levelSpread, ({ phone }) => soundOf(phone).noiseBandwidthHz),
    pitchHz: drawPitch(voice, frameCount, random),
  };
}

/** The front cavity varies less between speakers than the whole tract. */
function noiseScale(voice: Voice): number {
  return Math.sqrt(voice.formantScale);
}

function framesToPhones(planned: readonly PlannedPhone[], frameCount: number): Int32Array {
  const phoneOfFrame = new Int32Array(frameCount);
  let at = 0;
  for (let frame = 0; frame < frameCount; frame += 1) {
    const centre = frame * controlSamples + controlSamples / 2;
    while (at < planned.length - 1 && (planned[at]?.endSample ?? 0) <= centre) at += 1;
    phoneOfFrame[frame] = at;
  }
  return phoneOfFrame;
}

/** Formants of each phone as meant: the inventory's, leaning to the vowels around, in this voice, never twice the same. */
function formantTargets(planned: readonly PlannedPhone[], voice: Voice, random: Random): number[][] {
  return planned.map(({ phone, closureOf }, index) => {
    const sound = soundOf(closureOf ?? phone);
    const around = [planned.slice(0, index).reverse(), planned.slice(index + 1)]
      .map(nearestVowel)
      .filter((name) => name !== undefined);
    return sound.formantsHz.map((own, formant) => {
      const neighbours = around.map((name) => soundOf(name).formantsHz[formant] ?? own);
      const mean = neighbours.length === 0 ? own : neighbours.reduce((sum, hz) => sum + hz, 0) / neighbours.length;
      const meant = own + sound.coarticulation * (mean - own);
      const strayed = meant * (1 + tokenSpread * clamp(random.normal(), -2.5, 2.5));
      return strayed * voice.formantScale * (voice.formantHabits[formant] ?? 1);
    });
  });
}

const vowelReach = 3; // phones: a vowel further away than an onset cluster has no pull

function nearestVowel(side: readonly PlannedPhone[]): string | undefined {
  return side.slice(0, vowelReach).find(({ phone }) => vowelNames.includes(phone))?.phone;
}

/** Pitch falls by a sixth over the utterance and wanders about that line. */
function drawPitch(voice: Voice, frameCount: number, random: Random): Float64Array {
  const pitch = new Float64Array(frameCount);
  let wander = 0;
  for (let frame = 0; frame < frameCount; frame += 1) {
    wander = 0.98 * wander + 0.2 * random.normal(); // settles at a deviation of 1, remembers about 0.25 s
    const fall = 1.08 - 0.16 * (frame / Math.max(1, frameCount - 1));
    pitch[frame] = clamp(voice.pitchHz * fall * (1 + voice.pitchRange * wander), 60, 400);
  }
  return pitch;
}

/** A moving average with triangular weights that reach `spread` frames to either side. */
function smooth(values: Float64Array, spread: number): Float64Array {
  const reach = Math.ceil(spread);
  const smoothed = new Float64Array(values.length);
  for (let frame = 0; frame < values.length; frame += 1) {
    let sum = 0;
    let weightSum = 0;
    for (let offset = -reach; offset <= reach; offset += 1) {
      const value = values[frame + offset];
      if (value === undefined) continue;
      const weight = Math.max(0, 1 - Math.abs(offset) / (spread + 1));
      sum += weight * value;
      weightSum += weight;
    }
    smoothed[frame] = sum / weightSum;
  }
  return smoothed;
}
