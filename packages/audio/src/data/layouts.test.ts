import { describe, expect, it } from 'vitest';
import { layoutNamed, recogniseLayout } from './layouts.js';

const facts = (path: string) => {
  const layout = recogniseLayout([path]);
  const parsed = layout.parse(path);
  return [layout.name, parsed?.id, parsed?.speaker];
};

describe('recogniseLayout', () => {
  it.each([
    ['103/1240/103-1240-0000.flac', ['librispeech', '103-1240-0000', '103']],
    ['103-1240-0000.flac', ['librispeech', '103-1240-0000', '103']],
    ['dr1-fvmh0/sa1.wav', ['timit', 'fvmh0-sa1', 'fvmh0']],
    ['TRAIN/DR4/MGAG0/SX61.WAV', ['timit', 'mgag0-sx61', 'mgag0']],
    ['recordings/7_jackson_32.wav', ['fsdd', '7_jackson_32', 'jackson']],
    ['anna/monday/one.wav', ['folder', 'anna/monday/one', 'anna']],
    ['one.wav', ['folder', 'one', 'one']],
  ])('reads layout, id and speaker of %s', (path, expected) => {
    expect(facts(path)).toEqual(expected);
  });

  it('takes 1 stray file among LibriSpeech names for a plain folder', () => {
    expect(recogniseLayout(['1/2/1-2-0000.flac', 'noise.wav']).name).toBe('folder');
  });

  it('keeps chapter, sex, region and digit as attributes', () => {
    expect(layoutNamed('librispeech').parse('103-1240-0000.flac')?.attributes).toEqual({
      chapter: '1240',
      utterance: '0000',
    });
    expect(layoutNamed('timit').parse('dr1-fvmh0/sa1.wav')?.attributes).toEqual({
      region: '1',
      sex: 'f',
      sentence: 'sa1',
    });
    expect(layoutNamed('fsdd').parse('7_jackson_32.wav')?.attributes).toEqual({ digit: '7', take: '32' });
  });

  it('does not read a phone file or TIMIT folder of another shape', () => {
    expect(layoutNamed('timit').parse('dr1-fvmh0/other.wav')).toBeUndefined();
    expect(layoutNamed('fsdd').parse('77_jackson_32.wav')).toBeUndefined();
  });

  it('refuses an unknown name and lists the 4 known', () => {
    expect(() => layoutNamed('libri')).toThrow('layout auto, librispeech, timit, fsdd, folder, received "libri"');
  });
});
