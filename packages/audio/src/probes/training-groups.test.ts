import { describe, expect, it } from 'vitest';
import { stoppingGroups, trainingGroups } from './training-groups.js';

/** `frames` rows of each recording, with the class that `classOf` says. */
function table(recordings: number, frames: number, classOf: (recording: number) => number) {
  const origins = Int32Array.from({ length: recordings * frames }, (_, row) => Math.floor(row / frames));
  const features = { shape: [origins.length, 1], data: new Float32Array(origins.length) };
  return { features, recordings: origins, labels: Int32Array.from(origins, classOf) };
}

describe('stoppingGroups', () => {
  it('are the 2 speakers of 4 recordings', () => {
    const groups = stoppingGroups(
      table(4, 3, () => 0),
      (recording) => (recording < 2 ? 'ann' : 'bea'),
    );
    expect(groups).toEqual([...Array(6).fill('ann'), ...Array(6).fill('bea')]);
  });

  it('are the recordings where all are of 1 speaker and each class comes from 5 of them', () => {
    const groups = stoppingGroups(
      table(10, 250, (recording) => recording % 2),
      () => 'ann',
    );
    expect(new Set(groups)).toEqual(new Set(Array.from({ length: 10 }, (_, recording) => String(recording))));
  });

  it('are seconds of recordings where a class comes from 4: each class of 1 recording of 250 frames keeps some', () => {
    const groups = stoppingGroups(table(4, 250, (recording) => recording));
    expect(groups.filter((group) => group === '2, second 0')).toHaveLength(100);
    expect(groups.filter((group) => group === '2, second 2')).toHaveLength(50);
    expect(new Set(groups).size).toBe(12);
    const rare = stoppingGroups(table(9, 100, (recording) => (recording < 5 ? 0 : 1)));
    expect(new Set(rare)).toEqual(new Set(['0', '1', '2', '3', '4', ...[5, 6, 7, 8].map((one) => `${one}, second 0`)]));
  });

  it('refuse 1 of 2 classes with 4 whole recordings, since none of them may be lost; 5 of each are their own groups', () => {
    expect(() => stoppingGroups(table(9, 1, (recording) => (recording < 5 ? 0 : 1)))).toThrow(
      /at least 5 recordings of every class to fit.*received 1 of 2 classes with fewer, one with 4.*leave --pooled out/s,
    );
    const groups = stoppingGroups(table(10, 1, (recording) => recording % 2));
    expect(new Set(groups).size).toBe(10);
  });
});

it('4 labels for rows of 3 are refused: the fourth is not of recording 0', () => {
  const { features, recordings } = table(3, 1, () => 0);
  const labels = Int32Array.of(0, 1, 0, 1);
  expect(() => stoppingGroups({ features, recordings, labels })).toThrow(
    /recordings: expected a place from 0 to 2, received 3/,
  );
});

it('2 labels for rows of 3 are refused: the third row is not of class 0', () => {
  const { features, recordings } = table(3, 2, () => 0);
  const groups = () => trainingGroups({ features, recordings, labels: Int32Array.of(0, 1) });
  expect(groups).toThrow(/labels: expected a place from 0 to 1, received 2/);
});
