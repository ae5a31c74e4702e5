/** The five tasks of the built-in world, in the order of the paper. */
import type { Task } from '../task.js';
import { exploreGoalLocations } from './explore-goal-locations.js';
import { lasertagThreeOpponents } from './lasertag-three-opponents.js';
import { roomsKeysDoorsPuzzle } from './rooms-keys-doors-puzzle.js';
import { roomsWatermaze } from './rooms-watermaze.js';
import { seekavoidArena } from './seekavoid-arena.js';

export const worldTasks: readonly Task[] = [
  roomsWatermaze,
  exploreGoalLocations,
  seekavoidArena,
  lasertagThreeOpponents,
  roomsKeysDoorsPuzzle,
];
