import { describe, expect, it } from 'vitest';
import { createMemoryCorpus } from '../data/corpus.js';
import { buildFrameTable, selectRows } from '../probes/frame-table.js';
import { featuresOfFrames, frameAt, frameNumbers, type LabelledSpeech } from './labelled-frames.js';

const hopSamples = 4;

/** Recordings of 3, 5 and 2 frames, the first and the last with samples behind the last whole hop. */
const corpus = createMemoryCorpus(
  [13, 20, 11].map((samples, index) => ({ id: `r${index}`, speaker: 's', samples: new Float32Array(samples) })),
  { name: 'three' },
);

const labels = [Int32Array.of(5, -1, 6), Int32Array.of(-1, 7, 8, 9), Int32Array.of(1, 0)];
const speech: LabelledSpeech = {
  corpus,
  recordings: [0, 1, 2],
  classes: 10,
  labelsOf: (recording) => labels[recording] ?? new Int32Array(0),
};

/** `[T, 2]`: 100 times the recording plus the frame, and its negative. */
function features(recording: number, frames: number) {
  const data = Float32Array.from(
    { length: 2 * frames },
    (_, index) => (index % 2 === 0 ? 1 : -1) * (100 * recording + Math.floor(index / 2)),
  );
  return { shape: [frames, 2], data };
}

describe('frameNumbers', () => {
  const table = frameNumbers(speech, hopSamples);

  it('are the 7 labelled of 10 frames: 0 and 2 of the first recording, 1 to 3 of the second, both of the third', () => {
    expect(table.features.shape).toEqual([7, 1]);
    expect([...table.recordings]).toEqual([0, 0, 1, 1, 1, 2, 2]);
    expect([...table.recordings.keys()].map((row) => frameAt(table, row))).toEqual([0, 2, 1, 2, 3, 0, 1]);
  });

  it('have row for row the recordings and labels of the table of features of 2 numbers', () => {
    const ofFeatures = buildFrameTable(
      [3, 5, 2].map((frames, recording) => ({
        ...{ recording, features: features(recording, frames) },
        labels: labels[recording] ?? new Int32Array(0),
      })),
    );
    expect(table.recordings).toEqual(ofFeatures.recordings);
    expect(table.labels).toEqual(ofFeatures.labels);
  });

  it('ask for labels of 3, 5 and 2 frames: what is behind the last whole hop has none', () => {
    const asked: number[] = [];
    frameNumbers({ ...speech, labelsOf: (_, frames) => new Int32Array(asked.push(frames)) }, hopSamples);
    expect(asked).toEqual([3, 5, 2]);
  });

  it('are those of the recordings named, 2 before 0', () => {
    expect([...frameNumbers({ ...speech, recordings: [2, 0] }, hopSamples).recordings]).toEqual([2, 2, 0, 0]);
  });
});

describe('featuresOfFrames', () => {
  const all = (recording: number) => Promise.resolve(features(recording, 5));

  it('puts the features of each of 7 frames into its row', async () => {
    const { shape, data } = await featuresOfFrames(frameNumbers(speech, hopSamples), all);
    expect(shape).toEqual([7, 2]);
    expect([...data].map((value) => value + 0)).toEqual(
      [0, 2, 101, 102, 103, 200, 201].flatMap((value) => [value, value === 0 ? 0 : -value]),
    );
  });

  it('does so for 3 selected rows, and asks for 4 frames of one recording and 2 of the other, once each', async () => {
    const asked: number[][] = [];
    const rows = selectRows(frameNumbers(speech, hopSamples), (row) => [2, 4, 6].includes(row));
    const { shape, data } = await featuresOfFrames(rows, (recording, frames) => {
      asked.push([recording, frames]);
      return Promise.resolve(features(recording, frames)); // no more than asked for
    });
    expect(shape).toEqual([3, 2]);
    expect([...data]).toEqual([101, -101, 103, -103, 201, -201]);
    expect(asked).toEqual([
      [1, 4],
      [2, 2],
    ]);
  });
});
