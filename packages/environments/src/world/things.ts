/** Things that an agent takes by coming near. */
import type { Random } from '@cpc/base';
import { unitsPerTurn } from './angles.js';
import { type Body, isNear } from './body.js';
import { type GridMap, middleOf } from './grid-map.js';
import type { Sprite } from './sprite.js';

/** How near the agent has to come, in cells. */
export const reach = 0.5;

/** Takes what is within reach: it is no longer visible. Returns how many things that were. */
export function takeNear(things: readonly Sprite[], agent: Body): number {
  let taken = 0;
  for (const thing of things) {
    if (!thing.visible || !isNear(agent, thing.x, thing.y, reach)) continue;
    thing.visible = false;
    taken++;
  }
  return taken;
}

/** Stands a body in one of the cells, looking anywhere. */
export function putInto(body: Body, map: GridMap, cells: readonly number[], random: Random): void {
  const { x, y } = middleOf(map, cells[random.integer(cells.length)] ?? 0);
  body.x = x;
  body.y = y;
  body.heading = random.integer(unitsPerTurn);
}
