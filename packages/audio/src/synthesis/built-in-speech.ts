/**
 * Speech made from a seed, as a corpus: for trying things out, for tests and for teaching, where no recordings are at hand.
 *
 * Every speaker has a voice of its own and all speak from one vocabulary, so that phones, speakers and words can all be
 * learnt, and the phones are known to the sample. It is not speech of any language, and no result on it is a result on
 * speech.
 */
import { CpcArgumentError, createRandom, type Random } from '@cpc/core';
import {
  checkedRange,
  corpusSampleRateHz,
  describeRecording,
  recordingAt,
  type SpeechCorpus,
  type SpeechRecording,
  speakersOf,
} from '../data/corpus.js';
import { type PackedSamples, packSamples, unpackSamples } from '../data/packed-samples.js';
import { type PhoneLabels, phoneLabelsFromSegments } from '../data/phone-labels.js';
import type { PhoneSegment } from '../data/phones.js';
import { drawControlTracks } from './control-tracks.js';
import { drawLexicon } from './lexicon.js';
import { builtInPhones } from './phone-inventory.js';
import { renderUtterance } from './render.js';
import { type PlannedPhone, planUtterance } from './utterance-plan.js';
import { drawVoice } from './voice.js';

export interface BuiltInSpeechOptions {
  /** Any whole number; the same seed gives the same samples. */
  readonly seed: number;
  /** Default 10. */
  readonly speakers?: number;
  /** Default 10. */
  readonly utterancesPerSpeaker?: number;
  /** Default 4. */
  readonly secondsPerUtterance?: number;
}

/** A corpus of built-in speech, which knows its phones. */
export interface BuiltInSpeech extends SpeechCorpus {
  readonly layout: 'built-in';
  /** The phones, in ascending order; the index is the class. */
  readonly phoneNames: readonly string[];
  /** The phones of a recording, without a gap from sample 0 to its end. */
  segments(index: number): readonly PhoneSegment[];
  /** The class of every frame of every recording, `sil` included. */
  labels(): PhoneLabels;
}

/** Changes whenever the same options would give other samples: part of the fingerprint. */
const synthesiserVersion = 1;

/**
 * Makes a corpus of built-in speech.
 *
 * A recording is rendered when first read (about 100 times faster than it plays) and then kept, at 2 bytes a sample.
 * It depends on the seed, its speaker's number, its own number and its length only: a corpus of more speakers or
 * utterances holds the smaller one.
 *
 * @param options - seed and size.
 * @returns the corpus; the samples `read` returns are bit-identical for equal options.
 * @throws {CpcArgumentError} if a count is not a whole number above 0, or utterances are not 0.5 to 600 s long.
 *
 * @example
 * const corpus = createBuiltInSpeech({ seed: 1, speakers: 4, utterancesPerSpeaker: 5, secondsPerUtterance: 4 });
 * const samples = await corpus.read(0); // 64,000 samples
 */
export function createBuiltInSpeech(options: BuiltInSpeechOptions): BuiltInSpeech {
  const { seed, speakers = 10, utterancesPerSpeaker = 10, secondsPerUtterance = 4 } = options;
  refuseSize('speakers', speakers, 9_999);
  refuseSize('utterancesPerSpeaker', utterancesPerSpeaker, 9_999);
  refuseLength(secondsPerUtterance);
  const random = createRandom(seed).fold('built-in-speech', synthesiserVersion);
  const sampleCount = Math.round(secondsPerUtterance * corpusSampleRateHz);
  const sources = Array.from({ length: speakers * utterancesPerSpeaker }, (_, index) => ({
    speaker: Math.floor(index / utterancesPerSpeaker),
    utterance: index % utterancesPerSpeaker,
  }));
  const recordings = sources.map((source) => describeSource(source, sampleCount));
  const speech = createSynthesiser(random, sampleCount);
  const kept = new Map<number, PackedSamples>();
  const corpus: BuiltInSpeech = {
    name: 'built-in speech',
    layout: 'built-in',
    sampleRateHz: corpusSampleRateHz,
    recordings,
    speakers: speakersOf(recordings),
    skipped: [],
    fingerprint: `built-in-speech:${JSON.stringify([synthesiserVersion, seed, speakers, utterancesPerSpeaker, sampleCount])}`,
    phoneNames: builtInPhones,
    read(index, start = 0, count) {
      const source = recordingAt(sources, index);
      const range = checkedRange(sampleCount, start, count);
      const samples = kept.get(index) ?? packSamples(speech.render(source));
      kept.set(index, samples);
      return Promise.resolve(unpackSamples(samples, ...range));
    },
    segments: (index) => speech.plan(recordingAt(sources, index)),
    labels: () => phoneLabelsFromSegments(corpus, corpus.segments, builtInPhones),
  };
  return corpus;
}

/** Which utterance of which speaker. */
interface Source {
  readonly speaker: number;
  readonly utterance: number;
}

function describeSource({ speaker, utterance }: Source, sampleCount: number): SpeechRecording {
  const name = `speaker-${String(speaker + 1).padStart(4, '0')}`;
  const id = `${name}-utterance-${String(utterance + 1).padStart(4, '0')}`;
  return describeRecording({ id, speaker: name, path: '', attributes: {} }, sampleCount);
}

interface Synthesiser {
  plan(source: Source): readonly PlannedPhone[];
  render(source: Source): Float32Array;
}

function createSynthesiser(random: Random, sampleCount: number): Synthesiser {
  const lexicon = drawLexicon(random.fold('lexicon'));
  const voiceOf = ({ speaker }: Source) => drawVoice(random.fold('voice', speaker));
  const plan = (source: Source): PlannedPhone[] => {
    const { speaker, utterance } = source;
    const words = random.fold('words', speaker, utterance);
    return planUtterance(lexicon, voiceOf(source), sampleCount, corpusSampleRateHz, words);
  };
  return {
    plan,
    render(source) {
      const { speaker, utterance } = source;
      const voice = voiceOf(source);
      const tracks = drawControlTracks(plan(source), voice, sampleCount, random.fold('tracks', speaker, utterance));
      return renderUtterance(tracks, voice, sampleCount, corpusSampleRateHz, random.fold('sound', speaker, utterance));
    },
  };
}

function refuseSize(argument: string, received: number, most: number): void {
  if (Number.isInteger(received) && received > 0 && received <= most) return;
  const expected = `${argument} as a whole number from 1 to ${most}`;
  throw new CpcArgumentError({ where: 'createBuiltInSpeech', argument, expected, received });
}

function refuseLength(received: number): void {
  if (received >= 0.5 && received <= 600) return;
  const expected = 'utterances of 0.5 to 600 s';
  throw new CpcArgumentError({ where: 'createBuiltInSpeech', argument: 'secondsPerUtterance', expected, received });
}
