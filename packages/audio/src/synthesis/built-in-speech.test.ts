import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { createBuiltInSpeech } from './built-in-speech.js';
import { createResonator } from './resonator.js';

const small = { seed: 1, speakers: 3, utterancesPerSpeaker: 2, secondsPerUtterance: 2 };

const meanSquare = (samples: ArrayLike<number>): number =>
  Array.from(samples).reduce((sum, sample) => sum + sample * sample, 0) / samples.length;

/** Share of zero crossings per second, in Hz: a fricative's is a few thousand, a vowel's a few hundred. */
function crossingsHz(samples: Float32Array): number {
  const crossings = samples.filter(
    (sample, index) => index > 0 && sample >= 0 !== (samples[index - 1] ?? 0) >= 0,
  ).length;
  return (crossings / samples.length) * 8_000;
}

/** All samples of each phone over a corpus, one array per token. */
async function tokensByPhone(corpus: ReturnType<typeof createBuiltInSpeech>): Promise<Map<string, Float32Array[]>> {
  const tokens = new Map<string, Float32Array[]>();
  for (const [index] of corpus.recordings.entries()) {
    const samples = await corpus.read(index);
    for (const { phone, startSample, endSample } of corpus.segments(index)) {
      tokens.set(phone, [...(tokens.get(phone) ?? []), samples.slice(startSample, endSample)]);
    }
  }
  return tokens;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createBuiltInSpeech', () => {
  it('makes 3 speakers with 2 utterances of 32,000 samples each', async () => {
    const corpus = createBuiltInSpeech(small);
    expect(corpus.recordings.map(({ id }) => id)).toEqual([
      'speaker-0001-utterance-0001',
      'speaker-0001-utterance-0002',
      'speaker-0002-utterance-0001',
      'speaker-0002-utterance-0002',
      'speaker-0003-utterance-0001',
      'speaker-0003-utterance-0002',
    ]);
    expect(corpus.speakers.length).toBe(3);
    expect((await corpus.read(5)).length).toBe(32_000);
  });

  it('is bit-identical for a seed, whatever is read first, and another for another seed', async () => {
    const corpora = [small, small, { ...small, seed: 2 }].map(createBuiltInSpeech);
    const [first, second, other] = corpora;
    if (first === undefined || second === undefined || other === undefined) throw new Error('no corpus');
    const later = await first.read(4);
    const earlier = await first.read(0);
    expect(await second.read(0)).toEqual(earlier);
    expect(await second.read(4)).toEqual(later);
    expect(await other.read(0)).not.toEqual(earlier);
    expect([second.fingerprint === first.fingerprint, other.fingerprint === first.fingerprint]).toEqual([true, false]);
  });

  it('keeps recording 3 of speaker 2 when speakers and utterances are added', async () => {
    const larger = createBuiltInSpeech({ ...small, speakers: 4, utterancesPerSpeaker: 3 });
    const smaller = createBuiltInSpeech(small);
    const at = (corpus: typeof larger) => corpus.recordings.findIndex(({ id }) => id === 'speaker-0002-utterance-0002');
    expect(await larger.read(at(larger))).toEqual(await smaller.read(at(smaller)));
  });

  it('covers every recording with phones from sample 0 to 32,000, without a gap', () => {
    const corpus = createBuiltInSpeech(small);
    for (const [index] of corpus.recordings.entries()) {
      let at = 0;
      for (const { startSample, endSample, phone } of corpus.segments(index)) {
        expect(startSample).toBe(at);
        expect(endSample).toBeGreaterThan(startSample);
        expect(corpus.phoneNames).toContain(phone);
        at = endSample;
      }
      expect(at).toBe(32_000);
    }
  });

  it('has 26 phones and uses them all in 100 s', () => {
    const corpus = createBuiltInSpeech({ seed: 3, speakers: 10, utterancesPerSpeaker: 5, secondsPerUtterance: 2 });
    const used = new Set(corpus.recordings.flatMap((_, index) => corpus.segments(index).map(({ phone }) => phone)));
    expect(corpus.phoneNames.length).toBe(26);
    expect([...used].sort()).toEqual(corpus.phoneNames);
  });

  it('labels each of 200 frames of a recording by the phone at its centre', () => {
    const corpus = createBuiltInSpeech(small);
    const { byRecording, classNames, missing } = corpus.labels();
    const segments = corpus.segments(0);
    expect([byRecording[0]?.length, missing.length]).toEqual([200, 0]);
    byRecording[0]?.forEach((label, frame) => {
      const centre = frame * 160 + 80;
      const expected = segments.find(
        ({ startSample, endSample }) => startSample <= centre && centre < endSample,
      )?.phone;
      expect(classNames[label]).toBe(expected);
    });
  });

  it('stays within full scale and in steps of 16 bit, with a level of 0.01 to 0.15', async () => {
    const corpus = createBuiltInSpeech({ ...small, speakers: 8 });
    for (const [index] of corpus.recordings.entries()) {
      const samples = await corpus.read(index);
      expect(samples.every((sample) => Math.abs(sample) < 0.999 && Number.isInteger(sample * 32_768))).toBe(true);
      const level = Math.sqrt(meanSquare(samples));
      expect(level).toBeGreaterThan(0.01);
      expect(level).toBeLessThan(0.15);
    }
  });

  it('sounds like its phones: vowels are louder than silence, s crosses zero 4 times as often as aa', async () => {
    const tokens = await tokensByPhone(
      createBuiltInSpeech({ seed: 4, speakers: 6, utterancesPerSpeaker: 5, secondsPerUtterance: 3 }),
    );
    const level = (phone: string) => mean((tokens.get(phone) ?? []).map((token) => Math.sqrt(meanSquare(token))));
    const crossings = (phone: string) => mean((tokens.get(phone) ?? []).map(crossingsHz));
    expect(level('aa') / level('sil')).toBeGreaterThan(5);
    expect(level('aa') / level('n')).toBeGreaterThan(2);
    expect(crossings('s') / crossings('aa')).toBeGreaterThan(4);
    expect(crossings('s')).toBeGreaterThan(crossings('sh'));
  });

  it('gives speakers different pitch: the lowest and highest of 8 differ by a half and more', async () => {
    const corpus = createBuiltInSpeech({ seed: 5, speakers: 8, utterancesPerSpeaker: 1, secondsPerUtterance: 3 });
    const pitches: number[] = [];
    for (const [index] of corpus.recordings.entries()) pitches.push(pitchHz(await corpus.read(index)));
    expect(Math.max(...pitches) / Math.min(...pitches)).toBeGreaterThan(1.5);
    for (const pitch of pitches) expect(pitch > 60 && pitch < 300).toBe(true);
  });

  it('renders faster than 30 times real time even on a busy machine', async () => {
    const corpus = createBuiltInSpeech({ seed: 6, speakers: 2, utterancesPerSpeaker: 5, secondsPerUtterance: 4 });
    await corpus.read(0);
    const start = performance.now();
    for (let index = 1; index < 10; index += 1) await corpus.read(index);
    expect(36 / ((performance.now() - start) / 1_000)).toBeGreaterThan(30);
  });

  it.each([
    [{ ...small, speakers: 0 }, 'speakers as a whole number from 1 to 9999, received 0'],
    [{ ...small, utterancesPerSpeaker: 1.5 }, 'utterancesPerSpeaker as a whole number'],
    [{ ...small, secondsPerUtterance: 0.4 }, 'utterances of 0.5 to 600 s, received 0.4'],
    [{ ...small, secondsPerUtterance: Number.NaN }, 'received NaN'],
  ])('refuses %o', (options, message) => {
    expect(() => createBuiltInSpeech(options)).toThrow(message);
  });
});

/** The lag from 1/300 to 1/60 s at which a recording agrees best with itself, as a frequency. */
function pitchHz(samples: Float32Array): number {
  const agreement = (lag: number): number => {
    let sum = 0;
    for (let index = lag; index < samples.length; index += 1)
      sum += (samples[index] ?? 0) * (samples[index - lag] ?? 0);
    return sum / (samples.length - lag);
  };
  const lags = Array.from({ length: 214 }, (_, index) => 53 + index);
  const scores = lags.map(agreement);
  return 16_000 / (lags[scores.indexOf(Math.max(...scores))] ?? 1);
}

describe('createResonator', () => {
  const noise = (): number[] => {
    const random = createRandom(1);
    return Array.from({ length: 100_000 }, () => (random.uniform() - 0.5) * Math.sqrt(12));
  };

  it('passes a constant of 1 as 1 when tuned as a formant', () => {
    const resonator = createResonator(16_000);
    resonator.tuneFormant(500, 80);
    let output = 0;
    for (let index = 0; index < 2_000; index += 1) output = resonator.filter(1);
    expect(output).toBeCloseTo(1, 6);
  });

  it.each([
    [800, 900],
    [3_000, 1_300],
    [5_800, 1_800],
  ])('keeps the power of white noise within 5 %% when tuned as a band at %d Hz of %d Hz', (hz, bandwidthHz) => {
    const resonator = createResonator(16_000);
    resonator.tuneNoise(hz, bandwidthHz);
    const white = noise();
    const output = white.map((sample, index) => resonator.filter(sample - (white[index - 2] ?? 0)));
    expect(Math.abs(meanSquare(output) / meanSquare(white) - 1)).toBeLessThan(0.05);
  });
});
