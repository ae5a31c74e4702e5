/**
 * From control tracks to samples: a glottal pulse train and breath through four formants in cascade, noise of the mouth
 * through a band of its own, a faint background under all.
 *
 * Source: the arrangement is Klatt's (JASA 67, 1980), cut down; the pulse is Rosenberg's (JASA 49, 1971), differentiated.
 */
import type { Random } from '@cpc/core';
import { type ControlTracks, controlSamples, formantCount } from './control-tracks.js';
import { createResonator } from './resonator.js';
import { between, clamp, type Voice } from './voice.js';

const formantBandwidthsHz = [70, 100, 150, 250] as const;
/** Formants above those that move: without them a voice has no energy above 4 kHz. Klatt's for 16 kHz, rounded. */
const upperFormants = [
  { hz: 4_500, bandwidthHz: 350 },
  { hz: 5_500, bandwidthHz: 450 },
  { hz: 6_500, bandwidthHz: 550 },
] as const;
const highestPeak = 0.9; //  of full scale, before background noise
const openQuotient = 0.6; // part of a period in which the glottis is open
const jitter = 0.012; //      deviation of a period's length, as a fraction
const shimmer = 0.06; //      deviation of a period's level
const fricationGain = 0.6; // noise of the mouth against the voice: ours, by ear and spectrogram

/**
 * Renders an utterance.
 *
 * @param tracks - what to say, every 5 ms.
 * @param voice - who says it.
 * @param sampleRateHz - 16,000 for 5 ms tracks.
 * @returns `[sampleCount]` in steps of 1 / 32768, as 16 bit recordings have, within (-1, 1).
 */
export function renderUtterance(
  tracks: ControlTracks,
  voice: Voice,
  sampleCount: number,
  sampleRateHz: number,
  random: Random,
): Float32Array {
  const speech = renderSpeech(tracks, voice, sampleCount, sampleRateHz, random);
  const level = voice.level * 10 ** (between(random, -2, 2) / 20);
  const gain = Math.min(level / rootMeanSquare(speech), highestPeak / peakOf(speech)); // quieter rather than clipped
  const noiseLevel = level * 10 ** (-voice.noiseDecibelsBelow / 20);
  return addBackground(speech, gain, noiseLevel, random);
}

function renderSpeech(
  tracks: ControlTracks,
  voice: Voice,
  sampleCount: number,
  sampleRateHz: number,
  random: Random,
): Float32Array {
  const formants = formantBandwidthsHz.map(() => createResonator(sampleRateHz));
  const upper = upperFormants.map(({ hz, bandwidthHz }) => {
    const resonator = createResonator(sampleRateHz);
    resonator.tuneFormant(Math.min(hz * voice.formantScale, 0.48 * sampleRateHz), bandwidthHz);
    return resonator;
  });
  const cascade = [...formants, ...upper];
  const mouth = createResonator(sampleRateHz);
  const glottis = createGlottis(sampleRateHz, voice.tilt, random);
  const speech = new Float32Array(sampleCount);
  let noiseBefore = 0; // noise(n-1)
  let noiseBeforeLast = 0; // noise(n-2)
  for (let frame = 0; frame < tracks.frameCount; frame += 1) {
    const damping = tracks.damping[frame] ?? 1;
    for (let formant = 0; formant < formantCount; formant += 1) {
      const hz = tracks.formantsHz[formant]?.[frame] ?? 0;
      formants[formant]?.tuneFormant(hz, (formantBandwidthsHz[formant] ?? 0) * damping);
    }
    mouth.tuneNoise(clamp(tracks.noiseHz[frame] ?? 0, 100, 0.48 * sampleRateHz), tracks.noiseBandwidthHz[frame] ?? 0);
    const voicing = tracks.voicing[frame] ?? 0;
    const breath = (tracks.aspiration[frame] ?? 0) + voicing * voice.breathiness;
    const frication = fricationGain * (tracks.frication[frame] ?? 0);
    const pitchHz = tracks.pitchHz[frame] ?? voice.pitchHz;
    const end = Math.min(sampleCount, (frame + 1) * controlSamples);
    for (let index = frame * controlSamples; index < end; index += 1) {
      const noise = whiteNoise(random);
      let sample = voicing * glottis(pitchHz) + breath * noise;
      for (const formant of cascade) sample = formant.filter(sample);
      speech[index] = sample + frication * mouth.filter(noise - noiseBeforeLast);
      noiseBeforeLast = noiseBefore;
      noiseBefore = noise;
    }
  }
  return speech;
}

/** A source of glottal pulses: each call is the next sample of the flow's derivative, at a level near 1. */
function createGlottis(sampleRateHz: number, tilt: number, random: Random): (pitchHz: number) => number {
  let phase = 0; // 0 .. 1 within the period
  let stretch = 1;
  let level = 1;
  let lowPassed = 0;
  return (pitchHz) => {
    phase += (pitchHz * stretch) / sampleRateHz;
    if (phase >= 1) {
      phase -= 1;
      stretch = 1 + jitter * clamp(random.normal(), -3, 3);
      level = 1 + shimmer * clamp(random.normal(), -3, 3);
    }
    const open = phase / openQuotient;
    const flowDerivative = open < 1 ? level * (2 * open - 3 * open * open) * 2 : 0; // of open^2 - open^3
    lowPassed = tilt * lowPassed + (1 - tilt) * flowDerivative;
    return lowPassed;
  };
}

/** The largest magnitude; 1 for silence. */
function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak || 1;
}

/** Uniform noise of variance 1. */
function whiteNoise(random: Random): number {
  return (random.uniform() - 0.5) * Math.sqrt(12);
}

/** Scales speech, adds low-passed noise, and rounds to 16 bit. */
function addBackground(speech: Float32Array, gain: number, noiseLevel: number, random: Random): Float32Array {
  const samples = new Float32Array(speech.length);
  const pole = 0.7;
  const unit = Math.sqrt(1 - pole * pole); // keeps the variance at 1
  let background = 0;
  for (let index = 0; index < samples.length; index += 1) {
    background = pole * background + unit * whiteNoise(random);
    const sample = gain * (speech[index] ?? 0) + noiseLevel * background;
    samples[index] = clamp(Math.round(sample * 32_768), -32_768, 32_767) / 32_768;
  }
  return samples;
}

function rootMeanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length)) || 1;
}
