import { createRandom, type Random } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import type { FrameTable } from '../probes/frame-table.js';
import { frameAt } from './labelled-frames.js';
import { type LabelledSpan, labelledSpans } from './labelled-spans.js';

/** Rows as `[recording, frame, class]`. */
function tableOf(rows: readonly (readonly [recording: number, frame: number, label: number])[]): FrameTable {
  return {
    features: { shape: [rows.length, 1], data: Float32Array.from(rows, ([, frame]) => frame) },
    labels: Int32Array.from(rows, ([, , label]) => label),
    recordings: Int32Array.from(rows, ([recording]) => recording),
  };
}

const plain = (spans: readonly LabelledSpan[]) =>
  spans.map(({ recording, firstFrame, labels }) => [recording, firstFrame, [...labels]]);

const nothing = () => false;

describe('labelledSpans', () => {
  it('are 1 span of 3 frames each for 2 recordings that follow one another', () => {
    const table = tableOf([
      [4, 0, 1],
      [4, 1, 2],
      [4, 2, 3],
      [7, 3, 5],
      [7, 4, 6],
      [7, 5, 7],
    ]);
    expect(plain(labelledSpans(table, () => true, nothing))).toEqual([
      [4, 0, [1, 2, 3]],
      [7, 3, [5, 6, 7]],
    ]);
  });

  it('are cut at the held-out frames 2 and 5, and end with fitted frames', () => {
    const table = tableOf([0, 1, 2, 3, 4, 5, 6, 7].map((frame) => [0, frame, 10 + frame]));
    const spans = labelledSpans(
      table,
      (row) => [0, 1, 4, 6].includes(row), // 3 and 7 are neither
      (row) => [2, 5].includes(row),
    );
    expect(plain(spans)).toEqual([
      [0, 0, [10, 11]],
      [0, 4, [14]],
      [0, 6, [16]],
    ]);
  });

  it('have -1 at a frame to stop by, frame 1, and at 2 frames without a row, 3 and 4', () => {
    const table = tableOf([0, 1, 2, 5].map((frame) => [3, frame, 20 + frame]));
    expect(plain(labelledSpans(table, (row) => row !== 1, nothing))).toEqual([[3, 0, [20, -1, 22, -1, -1, 25]]]);
  });

  it('begin and end at fitted frames: 2 frames to stop by on either side are not heard', () => {
    const table = tableOf([0, 1, 2, 3, 4, 5].map((frame) => [0, frame, 1]));
    expect(plain(labelledSpans(table, (row) => row === 2 || row === 3, nothing))).toEqual([[0, 2, [1, 1]]]);
  });

  it('are none where none of 3 frames is fitted', () => {
    expect(labelledSpans(tableOf([0, 1, 2].map((frame) => [0, frame, 1])), nothing, nothing)).toEqual([]);
  });

  it('hold no held-out frame and every fitted one once, with its label, in 300 random splits', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { table, roles } = randomSplit(createRandom(seed));
      const spans = labelledSpans(
        table,
        (row) => roles[row] === 'fitted',
        (row) => roles[row] === 'held-out',
      );
      expect(framesOf(spans)).toEqual(fittedFrames(table, roles));
      const heard = new Set(spans.flatMap(placesOf));
      for (const [row, role] of roles.entries())
        if (role === 'held-out') expect(heard, `seed ${seed}`).not.toContain(placeOf(table, row));
    }
  });
});

const roleNames = ['fitted', 'validation', 'held-out', 'neither'] as const;
type Role = (typeof roleNames)[number];

/** 3 recordings of 12 frames, a fifth of them without a row; roles come in runs. */
function randomSplit(random: Random): { table: FrameTable; roles: Role[] } {
  const rows: [number, number, number][] = [];
  const roles: Role[] = [];
  let role: Role = 'fitted';
  for (let place = 0; place < 36; place++) {
    if (random.uniform() < 0.4) role = roleNames[random.integer(4)] ?? 'neither';
    if (random.uniform() < 0.2) continue;
    rows.push([Math.floor(place / 12), place % 12, random.integer(5)]);
    roles.push(role);
  }
  return { table: tableOf(rows), roles };
}

const placeOf = (table: FrameTable, row: number) => `${table.recordings[row]}:${frameAt(table, row)}`;

/** Every frame of a span, labelled or not. */
function placesOf({ recording, firstFrame, labels }: LabelledSpan): string[] {
  return Array.from(labels, (_, index) => `${recording}:${firstFrame + index}`);
}

/** Labelled frames of spans, in their order: place and class. */
function framesOf(spans: readonly LabelledSpan[]): [string, number][] {
  return spans
    .flatMap((span) => placesOf(span).map((place, index): [string, number] => [place, span.labels[index] ?? -1]))
    .filter(([, label]) => label >= 0);
}

function fittedFrames(table: FrameTable, roles: readonly Role[]): [string, number][] {
  return [...roles.keys()]
    .filter((row) => roles[row] === 'fitted')
    .map((row): [string, number] => [placeOf(table, row), table.labels[row] ?? -1]);
}
