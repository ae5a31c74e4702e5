/**
 * The phones of built-in speech and what the synthesiser must know of each.
 *
 * Frequencies are of an adult male voice; a voice scales them by its vocal tract (`voice.ts`).
 *
 * Sources: vowels: Peterson & Barney, *Control Methods Used in a Study of the Vowels*, JASA 24, 1952, table II, men.
 * Consonants: after Klatt, *Software for a Cascade/Parallel Formant Synthesizer*, JASA 67, 1980, tables II and III, rounded.
 * Durations: near the means of read speech; ours.
 */

/** What is steady about a phone; levels are linear, 1 being a vowel's. */
export interface PhoneSound {
  /** Hz, first to fourth formant. */
  readonly formantsHz: readonly [number, number, number, number];
  /** How far the formants follow the neighbouring vowels instead: 0 not at all, 1 wholly. */
  readonly coarticulation: number;
  readonly milliseconds: number;
  /** Level of the voice. */
  readonly voicing: number;
  /** Level of breath through the formants. */
  readonly aspiration: number;
  /** Level of noise made in the mouth, through its own band. */
  readonly frication: number;
  readonly noiseHz: number;
  readonly noiseBandwidthHz: number;
  /** Factor on the formants' bandwidths: nasals and laterals are damped. */
  readonly damping: number;
}

const vowel: Omit<PhoneSound, 'formantsHz' | 'milliseconds'> = {
  coarticulation: 0,
  voicing: 1,
  aspiration: 0,
  frication: 0,
  noiseHz: 3_000,
  noiseBandwidthHz: 2_000,
  damping: 1,
};

const consonant: Omit<PhoneSound, 'formantsHz' | 'milliseconds'> = { ...vowel, voicing: 0, coarticulation: 0.5 };

/** Silence, and the closure before a plosive's burst: in TIMIT's 39 classes both are `sil`. */
export const silence = 'sil';

const vowels: Readonly<Record<string, PhoneSound>> = {
  aa: { ...vowel, formantsHz: [730, 1_090, 2_440, 3_400], milliseconds: 125 },
  ae: { ...vowel, formantsHz: [660, 1_720, 2_410, 3_400], milliseconds: 130 },
  ah: { ...vowel, formantsHz: [640, 1_190, 2_390, 3_400], milliseconds: 85 },
  ao: { ...vowel, formantsHz: [570, 840, 2_410, 3_400], milliseconds: 125 },
  eh: { ...vowel, formantsHz: [530, 1_840, 2_480, 3_400], milliseconds: 95 },
  er: { ...vowel, formantsHz: [490, 1_350, 1_690, 3_200], milliseconds: 110 },
  ih: { ...vowel, formantsHz: [390, 1_990, 2_550, 3_400], milliseconds: 80 },
  iy: { ...vowel, formantsHz: [270, 2_290, 3_010, 3_600], milliseconds: 105 },
  uh: { ...vowel, formantsHz: [440, 1_020, 2_240, 3_300], milliseconds: 80 },
  uw: { ...vowel, formantsHz: [300, 870, 2_240, 3_300], milliseconds: 105 },
};

const plosives: Readonly<Record<string, PhoneSound>> = {
  b: {
    ...consonant,
    formantsHz: [200, 900, 2_150, 3_300],
    milliseconds: 20,
    voicing: 0.3,
    frication: 0.35,
    noiseHz: 800,
    noiseBandwidthHz: 900,
  },
  d: {
    ...consonant,
    formantsHz: [200, 1_700, 2_600, 3_400],
    milliseconds: 24,
    voicing: 0.3,
    frication: 0.4,
    noiseHz: 3_800,
    noiseBandwidthHz: 1_800,
  },
  g: {
    ...consonant,
    formantsHz: [200, 1_990, 2_350, 3_300],
    milliseconds: 28,
    voicing: 0.3,
    frication: 0.4,
    noiseHz: 1_900,
    noiseBandwidthHz: 600,
  },
  k: {
    ...consonant,
    formantsHz: [300, 1_990, 2_350, 3_300],
    milliseconds: 60,
    aspiration: 0.25,
    frication: 0.5,
    noiseHz: 1_900,
    noiseBandwidthHz: 600,
  },
  p: {
    ...consonant,
    formantsHz: [400, 1_100, 2_150, 3_300],
    milliseconds: 50,
    aspiration: 0.3,
    frication: 0.25,
    noiseHz: 800,
    noiseBandwidthHz: 900,
  },
  t: {
    ...consonant,
    formantsHz: [400, 1_700, 2_600, 3_400],
    milliseconds: 55,
    aspiration: 0.2,
    frication: 0.6,
    noiseHz: 4_300,
    noiseBandwidthHz: 1_800,
  },
};

const continuants: Readonly<Record<string, PhoneSound>> = {
  f: {
    ...consonant,
    formantsHz: [340, 1_100, 2_080, 3_300],
    milliseconds: 95,
    frication: 0.18,
    noiseHz: 6_000,
    noiseBandwidthHz: 6_000,
  },
  l: { ...consonant, formantsHz: [330, 1_150, 2_800, 3_400], milliseconds: 65, voicing: 0.55, damping: 1.4 },
  m: { ...consonant, formantsHz: [260, 1_100, 2_150, 3_300], milliseconds: 65, voicing: 0.4, damping: 2.5 },
  n: { ...consonant, formantsHz: [260, 1_600, 2_600, 3_400], milliseconds: 60, voicing: 0.4, damping: 2.5 },
  s: {
    ...consonant,
    formantsHz: [320, 1_390, 2_530, 3_400],
    milliseconds: 110,
    frication: 0.6,
    noiseHz: 5_800,
    noiseBandwidthHz: 1_800,
  },
  sh: {
    ...consonant,
    formantsHz: [300, 1_840, 2_750, 3_400],
    milliseconds: 110,
    frication: 0.6,
    noiseHz: 3_000,
    noiseBandwidthHz: 1_300,
  },
  v: {
    ...consonant,
    formantsHz: [220, 1_100, 2_080, 3_300],
    milliseconds: 60,
    voicing: 0.45,
    frication: 0.08,
    noiseHz: 6_000,
    noiseBandwidthHz: 6_000,
  },
  w: { ...consonant, formantsHz: [290, 610, 2_150, 3_300], milliseconds: 65, voicing: 0.6, coarticulation: 0.2 },
  z: {
    ...consonant,
    formantsHz: [240, 1_390, 2_530, 3_400],
    milliseconds: 80,
    voicing: 0.35,
    frication: 0.3,
    noiseHz: 5_800,
    noiseBandwidthHz: 1_800,
  },
};

/** Between phones: the formants glide through it from one neighbour to the other. */
const silenceSound: PhoneSound = {
  ...consonant,
  formantsHz: [500, 1_500, 2_500, 3_400],
  coarticulation: 0.9,
  milliseconds: 60,
};

/** All sounds by name. */
export const phoneSounds: ReadonlyMap<string, PhoneSound> = new Map(
  Object.entries({ ...vowels, ...plosives, ...continuants, [silence]: silenceSound }),
);

/** The phones of built-in speech in ascending order, `sil` among them. The index is the class. */
export const builtInPhones: readonly string[] = [...phoneSounds.keys()].sort();

export const vowelNames: readonly string[] = Object.keys(vowels);
export const plosiveNames: readonly string[] = Object.keys(plosives);

/** The sound of a phone of this inventory; silence for any other name. */
export function soundOf(phone: string): PhoneSound {
  return phoneSounds.get(phone) ?? silenceSound;
}

/** True for the plosives whose closure is voiced. */
export function hasVoiceBar(plosive: string): boolean {
  return soundOf(plosive).voicing > 0;
}
