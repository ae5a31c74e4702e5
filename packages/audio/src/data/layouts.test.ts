import { describe, expect, it } from 'vitest';
import { layoutNamed, recogniseLayout } from './layouts.js';

const facts = (path: string) => {
  const { layout } = recogniseLayout([path]);
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

  it('keeps speakers 19 and 26 of 4 recordings where 1 stray file lies beside them', () => {
    const paths = ['19/19-198-0000.flac', '19/19-198-0001.flac', '26/26-198-0000.flac', 'intro.wav'];
    expect(recogniseLayout(paths)).toMatchObject({ layout: { name: 'librispeech' }, warnings: [] });
  });

  it('takes a folder in which 1 of 2 files has a LibriSpeech name for a plain one, and says so', () => {
    const { layout, warnings } = recogniseLayout(['1/2/1-2-0000.flac', 'noise.wav']);
    expect(layout.name).toBe('folder');
    expect(warnings).toEqual([expect.stringMatching(/^1 of 2 recordings are named as in librispeech.*from folders/)]);
  });

  it('reads SX1.WAV.wav, as TIMIT is often converted, as sentence sx1', () => {
    expect(facts('TRAIN/DR1/FCJF0/SX1.WAV.wav')).toEqual(['timit', 'fcjf0-sx1', 'fcjf0']);
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
