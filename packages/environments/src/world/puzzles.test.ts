import { createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { drawPuzzle, type Puzzle } from './puzzles.js';

const puzzles = Array.from({ length: 300 }, (_, seed) => drawPuzzle(5, createRandom(seed)));

/** What matters of how far somebody has come: doors opened, keys taken, the colour held. */
interface State {
  readonly doors: number;
  readonly keys: number;
  readonly held: number | undefined;
}

function roomsReached({ start, doors }: Puzzle, state: State): Set<number> {
  const reached = new Set([start]);
  for (const room of reached) {
    for (const [index, { between, colour }] of doors.entries()) {
      const isPassable = colour === undefined || (state.doors >> index) % 2 === 1;
      if (isPassable && between.includes(room)) for (const other of between) reached.add(other);
    }
  }
  return reached;
}

function statesAfter(puzzle: Puzzle, state: State): State[] {
  const reached = roomsReached(puzzle, state);
  const taking = puzzle.keys.flatMap(({ room, colour }, index): State[] =>
    reached.has(room) && (state.keys >> index) % 2 === 0
      ? [{ ...state, keys: state.keys | (1 << index), held: colour }]
      : [],
  );
  const opening = puzzle.doors.flatMap(({ between, colour }, index): State[] =>
    colour !== undefined &&
    colour === state.held &&
    (state.doors >> index) % 2 === 0 &&
    between.some((room) => reached.has(room))
      ? [{ ...state, doors: state.doors | (1 << index), held: undefined }]
      : [],
  );
  return [...taking, ...opening];
}

/** Every state that can be come to, and whether the goal can be reached from it. */
function solve(puzzle: Puzzle): { solvable: boolean; deadEnds: number } {
  const known = new Map<string, boolean>();
  const canWin = (state: State): boolean => {
    const name = JSON.stringify(state);
    const before = known.get(name);
    if (before !== undefined) return before;
    const later = statesAfter(puzzle, state).map(canWin);
    const result = roomsReached(puzzle, state).has(puzzle.goal) || later.includes(true);
    known.set(name, result);
    return result;
  };
  const solvable = canWin({ doors: 0, keys: 0, held: undefined });
  return { solvable, deadEnds: [...known.values()].filter((wins) => !wins).length };
}

describe('drawPuzzle, 300 seeds', () => {
  const solutions = puzzles.map(solve);

  it('draws puzzles that can all be solved', () => {
    expect(solutions.every(({ solvable }) => solvable)).toBe(true);
  });

  it('lets most of them be lost by a wrong order', () => {
    const losable = solutions.filter(({ deadEnds }) => deadEnds > 0).length;
    expect(losable).toBeGreaterThan(150);
  });

  it('never has the goal within reach at first', () => {
    for (const puzzle of puzzles) {
      expect(roomsReached(puzzle, { doors: 0, keys: 0, held: undefined }).has(puzzle.goal)).toBe(false);
    }
  });

  it('needs 1, 2 or 3 doors, each about a third of the time', () => {
    const fewest = puzzles.map((puzzle) => {
      let states: State[] = [{ doors: 0, keys: 0, held: undefined }];
      for (let moves = 0; ; moves++) {
        if (states.some((state) => roomsReached(puzzle, state).has(puzzle.goal))) return moves / 2;
        states = states.flatMap((state) => statesAfter(puzzle, state));
      }
    });
    for (const doors of [1, 2, 3]) {
      expect(fewest.filter((count) => count === doors).length).toBeGreaterThan(60);
    }
  });

  it('joins only rooms beside each other, once, with at most 4 keys in a room', () => {
    for (const { doors, keys } of puzzles) {
      const pairs = doors.map(({ between: [one, other] }) => [Math.min(one, other), Math.max(one, other)] as const);
      expect(pairs.every(([low, high]) => high - low === 3 || (high - low === 1 && high % 3 !== 0))).toBe(true);
      expect(new Set(pairs.map(String)).size).toBe(pairs.length);
      for (const { room } of keys) expect(keys.filter((key) => key.room === room).length).toBeLessThanOrEqual(4);
    }
  });
});
