/**
 * `seekavoid_arena`, after the level seekavoid_arena_01: apples give 1 and lemons -1, for 20 seconds.
 *
 * Theirs: one arena, the same in every episode. Ours: an arena of 11 x 11 cells with pillars, drawn anew from every seed. When the
 * last apple has been eaten, apples and lemons are laid out anew, as their level starts again.
 */
import type { Random } from '@cpc/base';
import { act } from '../actions.js';
import { type Body, isNear } from '../body.js';
import { createGridMap, type GridMap, middleOf, open, openCells } from '../grid-map.js';
import { createSprite, place, type Sprite } from '../sprite.js';
import { spriteImages } from '../sprite-images.js';
import { decorate, walls } from '../surfaces.js';
import type { Task } from '../task.js';
import { putInto, takeNear } from '../things.js';

const side = 13; // with the rim
const pillars = 4;
const eachKind = 14;

export const seekavoidArena: Task = {
  name: 'seekavoid_arena',
  episodeSteps: 300, // 20 s
  start(random, surfaces) {
    decorate(surfaces, random, { ceiling: [110, 170, 250] });
    const map = layArena(random);
    const cells = openCells(map);
    const apples = Array.from({ length: eachKind }, () => createSprite(spriteImages.apple));
    const lemons = Array.from({ length: eachKind }, () => createSprite(spriteImages.lemon));
    const sprites = [...apples, ...lemons];
    const agent: Body = { x: 0, y: 0, heading: 0 };
    putInto(agent, map, cells, random);
    const scatter = () => scatterOver(map, cells, sprites, agent, random);
    scatter();
    return {
      view: { map, surfaces, hasSky: true, sprites },
      agent,
      play(action) {
        act(map, agent, action);
        const reward = takeNear(apples, agent) - takeNear(lemons, agent);
        if (apples.every(({ visible }) => !visible)) scatter();
        return reward;
      },
    };
  },
};

/** Walls around, and pillars of one cell that do not touch one another or the walls. */
function layArena(random: Random): GridMap {
  const map = createGridMap(side, side, walls.first);
  for (let y = 1; y < side - 1; y++) map.cells.fill(open, y * side + 1, y * side + side - 1);
  const places = random.choose(16, pillars); // of a lattice of 4 x 4, every second or third cell
  for (const lattice of places) map.cells[(3 + 2 * (lattice >> 2)) * side + 3 + 2 * (lattice & 3)] = walls.second;
  return map;
}

/** Puts each thing into an open cell of its own, away from the agent. */
function scatterOver(
  map: GridMap,
  cells: readonly number[],
  sprites: readonly Sprite[],
  agent: Body,
  random: Random,
): void {
  const free = cells.filter((cell) => {
    const { x, y } = middleOf(map, cell);
    return !isNear(agent, x, y, 1.2);
  });
  for (const [index, chosen] of random.choose(free.length, sprites.length).entries()) {
    const { x, y } = middleOf(map, free[chosen] ?? 0);
    const sprite = sprites[index];
    const aside = () => 0.4 * random.uniform() - 0.2;
    if (sprite !== undefined) place(sprite, { x: x + aside(), y: y + aside() });
  }
}
