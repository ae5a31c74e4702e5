/**
 * What an opponent does: it walks from place to place until it sees another fighter, then turns to it, keeps its distance, steps from
 * side to side and fires.
 *
 * It knows the map, and of the others only whom it sees. Which fighter is the agent makes no difference to it.
 */
import type { Random } from '@cpc/base';
import { walk } from './actions.js';
import { wrapped } from './angles.js';
import { sees } from './body.js';
import { aheadOf, type Fighter, rightOf } from './fighters.js';
import { cellAt, type GridMap } from './grid-map.js';
import { createWayFinder } from './way-finder.js';

const unitsPerFrame = 3; //      1.5 degrees: slower than the agent turns
const framesBetweenLooks = 6; // 0.1 s
const framesBetweenSides = 40;
const mostFramesOfWay = 900;
const keptDistance = 2.5; //     cells
const aimedWithin = 0.3; //      cells, to either side of the target
const aimError = 0.07; //        deviation, cells aside per cell ahead

export interface OpponentMind {
  /** Turns and walks for one frame. Returns how far the beam to fire now goes wrong; undefined where none is fired. */
  readonly play: () => number | undefined;
  /** Forgets what it was about: it has been put elsewhere. */
  readonly forget: () => void;
}

/** @param fighters - all of them, this one included. */
export function createOpponentMind(
  map: GridMap,
  self: Fighter,
  fighters: readonly Fighter[],
  random: Random,
): OpponentMind {
  const way = createWayFinder(map);
  let target: Fighter | undefined;
  let side = 1;
  let framesOfWay = mostFramesOfWay;
  let frame = random.integer(framesBetweenSides);
  const wander = () => {
    const here = cellAt(map, self.x, self.y);
    if (way.distance(here) <= 0 || ++framesOfWay > mostFramesOfWay) {
      way.leadTo(way.cells[random.integer(way.cells.length)] ?? here);
      framesOfWay = 0;
    }
    const next = way.next(here);
    const [x, y] = [(next % map.width) + 0.5, Math.floor(next / map.width) + 0.5];
    turnTo(self, x, y);
    if (aheadOf(self, x, y) > 3 * Math.abs(rightOf(self, x, y))) walk(map, self, 0.8, 0);
  };
  const fight = ({ x, y }: Fighter): number | undefined => {
    turnTo(self, x, y);
    const ahead = aheadOf(self, x, y);
    walk(map, self, ahead > keptDistance ? 0.6 : 0, 0.4 * side);
    const isAimed = ahead > 0 && Math.abs(rightOf(self, x, y)) < aimedWithin;
    return isAimed && self.cooldown === 0 ? aimError * random.normal() : undefined;
  };
  return {
    play() {
      frame++;
      if (frame % framesBetweenLooks === 0) target = nearestSeen(map, self, fighters);
      if (frame % framesBetweenSides === 0) side = random.integer(3) - 1;
      if (target !== undefined) return fight(target);
      wander();
      return undefined;
    },
    forget() {
      target = undefined;
      framesOfWay = mostFramesOfWay;
    },
  };
}

function turnTo(self: Fighter, x: number, y: number): void {
  const aside = rightOf(self, x, y);
  const isAligned = Math.abs(aside) < 0.05 && aheadOf(self, x, y) > 0;
  if (!isAligned) self.heading = wrapped(self.heading + (aside > 0 ? unitsPerFrame : -unitsPerFrame));
}

function nearestSeen(map: GridMap, self: Fighter, fighters: readonly Fighter[]): Fighter | undefined {
  let nearest: Fighter | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const fighter of fighters) {
    if (fighter === self) continue;
    const square = (fighter.x - self.x) ** 2 + (fighter.y - self.y) ** 2;
    if (square >= least || !sees(map, self.x, self.y, fighter.x, fighter.y)) continue;
    least = square;
    nearest = fighter;
  }
  return nearest;
}
