/**
 * Who plays laser tag: bodies with a shield and a beam.
 *
 * A beam is light: it meets the first fighter in its way at once. This file knows no rewards and no minds.
 */
import { cosines, sines } from './angles.js';
import { type Body, sees } from './body.js';
import type { GridMap } from './grid-map.js';

export const fullShield = 100;
export const framesBetweenBeams = 15;

const beamDamage = 25;
const strongBeamDamage = 50;
const hitRadius = 0.3;

export interface Fighter extends Body {
  /** From 100 down; at 0 a fighter is tagged. */
  shield: number;
  /** Frames until the next beam. */
  cooldown: number;
  /** Beams left that do twice the damage. */
  strongBeams: number;
}

export function createFighter(): Fighter {
  return { x: 0, y: 0, heading: 0, shield: fullShield, cooldown: 0, strongBeams: 0 };
}

/** How far ahead of a body a place is, and how far to its right: both in cells. */
export function aheadOf(body: Body, x: number, y: number): number {
  return (x - body.x) * (cosines[body.heading] ?? 0) + (y - body.y) * (sines[body.heading] ?? 0);
}

export function rightOf(body: Body, x: number, y: number): number {
  return (y - body.y) * (cosines[body.heading] ?? 0) - (x - body.x) * (sines[body.heading] ?? 0);
}

/**
 * Fires a beam if the last one was long enough ago. Who is hit loses shield.
 *
 * @param error - by how much the beam goes to the right, per cell ahead.
 * @returns the fighter that was hit; undefined if none was; null if no beam was fired.
 */
export function fireBeam(
  map: GridMap,
  shooter: Fighter,
  fighters: readonly Fighter[],
  error = 0,
): Fighter | undefined | null {
  if (shooter.cooldown > 0) return null;
  shooter.cooldown = framesBetweenBeams;
  const isStrong = shooter.strongBeams > 0;
  if (isStrong) shooter.strongBeams--;
  const hit = firstInWay(map, shooter, fighters, error);
  if (hit !== undefined) hit.shield -= isStrong ? strongBeamDamage : beamDamage;
  return hit;
}

function firstInWay(map: GridMap, shooter: Fighter, fighters: readonly Fighter[], error: number): Fighter | undefined {
  let nearest = Number.POSITIVE_INFINITY;
  let hit: Fighter | undefined;
  for (const fighter of fighters) {
    if (fighter === shooter) continue;
    const ahead = aheadOf(shooter, fighter.x, fighter.y);
    if (ahead <= 0 || ahead >= nearest) continue;
    if (Math.abs(rightOf(shooter, fighter.x, fighter.y) - error * ahead) > hitRadius) continue;
    if (!sees(map, shooter.x, shooter.y, fighter.x, fighter.y)) continue;
    nearest = ahead;
    hit = fighter;
  }
  return hit;
}
