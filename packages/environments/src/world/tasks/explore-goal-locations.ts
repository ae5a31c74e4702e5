/**
 * `explore_goal_locations`, after the level explore_goal_locations_small: a goal in a maze gives 10, again and again for 90 seconds.
 *
 * Maze, colours and the goal's place are new in every episode. Who reaches the goal goes on from a random place, and the goal stays
 * where it is: remembering it pays. As theirs, mazes are of 11 x 11 cells with up to 4 rooms of 3 to 5 cells, and posters hang on a
 * tenth of the walls.
 */
import { act } from '../actions.js';
import type { Body } from '../body.js';
import { middleOf, openCells } from '../grid-map.js';
import { drawMaze } from '../mazes.js';
import { createSprite, place } from '../sprite.js';
import { spriteImages } from '../sprite-images.js';
import { decorate } from '../surfaces.js';
import type { Task } from '../task.js';
import { putInto, takeNear } from '../things.js';
import { clad, hangPosters } from '../wall-codes.js';

const goalReward = 10;
const fewestCellsAway = 3;

export const exploreGoalLocations: Task = {
  name: 'explore_goal_locations',
  episodeSteps: 1350, // 90 s
  start(random, surfaces) {
    decorate(surfaces, random);
    const { map, rooms } = drawMaze({ width: 11, height: 11, rooms: 4, extraOpening: 0 }, random);
    for (const [room, cells] of rooms.entries()) if (room % 2 === 0) clad(map, cells);
    hangPosters(map, 0.1, random);
    const goalRoom = rooms[random.integer(rooms.length)] ?? [];
    const goal = createSprite(spriteImages.goal, 0.6);
    place(goal, middleOf(map, goalRoom[random.integer(goalRoom.length)] ?? 0));
    const starts = openCells(map).filter((cell) => {
      const { x, y } = middleOf(map, cell);
      return Math.abs(x - goal.x) + Math.abs(y - goal.y) >= fewestCellsAway;
    });
    const agent: Body = { x: 0, y: 0, heading: 0 };
    putInto(agent, map, starts, random);
    const sprites = [goal];
    return {
      view: { map, surfaces, hasSky: false, sprites },
      agent,
      play(action) {
        act(map, agent, action);
        if (takeNear(sprites, agent) === 0) return 0;
        goal.visible = true;
        putInto(agent, map, starts, random);
        return goalReward;
      },
    };
  },
};
