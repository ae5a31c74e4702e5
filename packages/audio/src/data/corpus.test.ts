import { describe, expect, it } from 'vitest';
import { createMemoryCorpus } from './corpus.js';

const recordings = [
  { id: 'b', speaker: 'anna', samples: Float32Array.of(0.1, 0.2, 0.3) },
  { id: 'a', speaker: 'ben', samples: new Float32Array(16_000) },
];

describe('createMemoryCorpus', () => {
  const corpus = createMemoryCorpus(recordings, { name: 'test' });

  it('sorts 2 recordings by id and 2 speakers by name', () => {
    expect(corpus.recordings.map(({ id, durationSeconds }) => [id, durationSeconds])).toEqual([
      ['a', 1],
      ['b', 3 / 16_000],
    ]);
    expect(corpus.speakers).toEqual(['anna', 'ben']);
  });

  it('reads a copy of samples 1 and 2', async () => {
    const part = await corpus.read(1, 1, 2);
    part[0] = 9;
    expect([...(await corpus.read(1))]).toEqual([...Float32Array.of(0.1, 0.2, 0.3)]);
    expect(part.length).toBe(2);
  });

  it.each([
    [2, 0, 1, 'index from 0 to 1, received 2'],
    [1, 2, 2, "the recording's 3 samples, received 2 samples from 2"],
    [1, -1, 1, '1 samples from -1'],
    [1, 0.5, 1, '1 samples from 0.5'],
  ])('refuses recording %d from %d, %d samples', async (index, start, count, message) => {
    await expect((async () => corpus.read(index, start, count))()).rejects.toThrow(message);
  });

  it('refuses no recording, an id that comes twice, and a recording of 0 samples', () => {
    const [first] = recordings;
    if (first === undefined) throw new Error('no recording');
    expect(() => createMemoryCorpus([], { name: 'x' })).toThrow('at least 1 recording, received 0');
    expect(() => createMemoryCorpus([first, first], { name: 'x' })).toThrow('"b" with an id that comes twice');
    expect(() => createMemoryCorpus([{ ...first, samples: new Float32Array(0) }], { name: 'x' })).toThrow(
      '"b" with no samples',
    );
  });
});
