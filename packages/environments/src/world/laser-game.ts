/** A game of laser tag of all against all: the agent acts as it is told, its opponents of their own mind. Knows nothing of looks. */
import type { Random } from '@cpc/base';
import { act, fire } from './actions.js';
import { createFighter, type Fighter, fireBeam, fullShield } from './fighters.js';
import { type GridMap, openCells } from './grid-map.js';
import { createOpponentMind } from './opponent-mind.js';
import { putInto } from './things.js';

export interface LaserGame {
  readonly agent: Fighter;
  readonly opponents: readonly Fighter[];
  /** Plays one frame. Returns how many the agent tagged in it. */
  readonly play: (action: number) => number;
}

/** @param tellBeam - told of every beam, with whom it hit. */
export function createLaserGame(
  map: GridMap,
  opponentCount: number,
  random: Random,
  tellBeam: (shooter: Fighter, hit: Fighter | undefined) => void,
): LaserGame {
  const cells = openCells(map);
  const agent = createFighter();
  const opponents = Array.from({ length: opponentCount }, createFighter);
  const fighters = [agent, ...opponents];
  for (const fighter of fighters) putInto(fighter, map, cells, random);
  const minds = opponents.map((self, number) => createOpponentMind(map, self, fighters, random.fold('mind', number)));
  /** Fires, and puts who was tagged elsewhere with a full shield. Returns the number tagged: 0 or 1. */
  const shoot = (shooter: Fighter, error: number): number => {
    const hit = fireBeam(map, shooter, fighters, error);
    if (hit === null) return 0;
    tellBeam(shooter, hit);
    if (hit === undefined || hit.shield > 0) return 0;
    hit.shield = fullShield;
    hit.strongBeams = 0;
    putInto(hit, map, cells, random);
    minds[opponents.indexOf(hit)]?.forget();
    return 1;
  };
  return {
    agent,
    opponents,
    play(action) {
      for (const fighter of fighters) if (fighter.cooldown > 0) fighter.cooldown--;
      act(map, agent, action);
      const tagged = action === fire ? shoot(agent, 0) : 0;
      for (const [number, opponent] of opponents.entries()) {
        const error = minds[number]?.play();
        if (error !== undefined) shoot(opponent, error);
      }
      return tagged;
    },
  };
}
