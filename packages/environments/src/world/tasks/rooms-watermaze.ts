/**
 * `rooms_watermaze`: a platform hidden under water has to be found, and found again, for 120 seconds.
 *
 * Who finds it is held there and given 5 rewards of 1, one every half second, while four posts show where it is; then starts again at
 * the edge of the round pool, looking at its middle. The platform stays in its place for the episode, and only the posters around
 * tell where that is. As theirs: 5.8 cells in radius, the platform anywhere with equal chance, 5 rewards of 1.
 */
import type { Random } from '@cpc/base';
import { act } from '../actions.js';
import { cosines, sines, unitsPerTurn, wrapped } from '../angles.js';
import { type Body, fits, isNear } from '../body.js';
import { createGridMap, type GridMap, middleOf, open } from '../grid-map.js';
import { createSprite, place, type Sprite } from '../sprite.js';
import { spriteImages } from '../sprite-images.js';
import { decorate, walls } from '../surfaces.js';
import type { Task } from '../task.js';
import { hangPosters } from '../wall-codes.js';

const side = 15; // with the rim
const middle = side / 2;
const poolRadius = 5.8;
const platformReach = 0.6;
const rewards = 5;
const framesPerReward = 30;

interface Place {
  readonly x: number;
  readonly y: number;
}

export const roomsWatermaze: Task = {
  name: 'rooms_watermaze',
  episodeSteps: 1800, // 120 s
  start(random, surfaces) {
    decorate(surfaces, random, { water: [60, 140, 200], ceiling: [120, 175, 245] });
    const map = layPool();
    hangPosters(map, 0.2, random);
    const platform = placeWithin(map, poolRadius - 1, random);
    const posts = Array.from({ length: 4 }, () => createSprite(spriteImages.post, 0.35));
    placeAround(posts, platform);
    const agent: Body = { x: 0, y: 0, heading: 0 };
    startAtEdge(agent, map, platform, random);
    let heldFrames = 0;
    const show = (visible: boolean) => {
      for (const post of posts) post.visible = visible;
    };
    show(false);
    return {
      view: { map, surfaces, hasSky: true, sprites: posts },
      agent,
      play(action) {
        if (heldFrames === 0) {
          act(map, agent, action);
          if (!isNear(agent, platform.x, platform.y, platformReach)) return 0;
          show(true);
        }
        heldFrames++;
        const reward = heldFrames % framesPerReward === 1 ? 1 : 0;
        if (heldFrames === rewards * framesPerReward) {
          heldFrames = 0;
          show(false);
          startAtEdge(agent, map, platform, random);
        }
        return reward;
      },
    };
  },
};

function layPool(): GridMap {
  const map = createGridMap(side, side, walls.first);
  for (let cell = 0; cell < map.cells.length; cell++) {
    const { x, y } = middleOf(map, cell);
    if (Math.sqrt((x - middle) ** 2 + (y - middle) ** 2) < poolRadius) map.cells[cell] = open;
  }
  return map;
}

/** A place where a body can stand, anywhere within a radius with equal chance. */
function placeWithin(map: GridMap, radius: number, random: Random): Place {
  for (;;) {
    const [x, y] = [radius * (2 * random.uniform() - 1), radius * (2 * random.uniform() - 1)];
    if (x * x + y * y < radius * radius && fits(map, middle + x, middle + y)) return { x: middle + x, y: middle + y };
  }
}

/** Stands the agent at the edge, looking at the middle, and not close to the platform. */
function startAtEdge(agent: Body, map: GridMap, platform: Place, random: Random): void {
  do {
    const direction = random.integer(unitsPerTurn);
    let radius = poolRadius;
    do {
      radius -= 0.1;
      agent.x = middle + radius * (cosines[direction] ?? 0);
      agent.y = middle + radius * (sines[direction] ?? 0);
    } while (!fits(map, agent.x, agent.y));
    agent.heading = wrapped(direction + unitsPerTurn / 2);
  } while (isNear(agent, platform.x, platform.y, 2));
}

/** Four posts at the corners of a platform. */
function placeAround(posts: readonly Sprite[], { x, y }: Place): void {
  for (const [index, post] of posts.entries()) {
    const corner = unitsPerTurn * (index / posts.length + 1 / 8);
    place(post, { x: x + 0.8 * (cosines[corner] ?? 0), y: y + 0.8 * (sines[corner] ?? 0) });
  }
}
