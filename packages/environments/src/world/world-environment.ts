/**
 * A task of the built-in world as an environment: every step plays an action for 4 frames, and the last one is drawn.
 *
 * Source of sizes and action repeat: PAPER's section 3.4 and IMPALA.
 */
import { createRandom } from '@cpc/base';
import type { EnvironmentSpec } from '../environment.js';
import type { SingleEnvironment, SingleStep } from '../single-environment.js';
import { actionNames } from './actions.js';
import { channels, frameBytes, frameHeight, frameWidth } from './frame.js';
import { createRenderer } from './renderer.js';
import { createSurfaces } from './surfaces.js';
import type { Episode, Task } from './task.js';

const actionRepeat = 4;

export interface WorldEnvironmentOptions {
  /** False for an agent that does not look: frames stay black, and steps are several times as fast. Default true. */
  readonly isDrawn?: boolean;
}

export function createWorldEnvironment(
  task: Task,
  { isDrawn = true }: WorldEnvironmentOptions = {},
): SingleEnvironment {
  const spec: EnvironmentSpec = {
    observation: { shape: [frameHeight, frameWidth, channels], dtype: 'uint8' },
    actions: actionNames,
    actionRepeat,
    episodeSteps: task.episodeSteps,
  };
  const surfaces = createSurfaces();
  const render = createRenderer();
  const frame = new Uint8Array(frameBytes); // [72, 96, 3]
  let episode: Episode | undefined;
  let steps = 0;
  const begin = (seed: number): Episode => {
    steps = 0;
    return task.start(createRandom(seed), surfaces);
  };
  const look = ({ view, agent, overlay }: Episode): Uint8Array => {
    if (!isDrawn) return frame;
    render(view, agent, frame);
    overlay?.(frame);
    return frame;
  };
  return {
    name: task.name,
    spec,
    reset(seed) {
      episode = begin(seed);
      return look(episode);
    },
    step(action): SingleStep {
      episode ??= begin(0);
      const reward = play(episode, action);
      steps++;
      const terminated = episode.hasEnded?.() ?? false;
      return { observation: look(episode), reward, terminated, truncated: !terminated && steps >= task.episodeSteps };
    },
    replay(seed, actions) {
      episode = begin(seed);
      for (const action of actions) play(episode, action);
      steps = actions.length;
      return look(episode);
    },
  };
}

/** The frames of one step; none after the one that ends the episode. Returns the sum of their rewards. */
function play(episode: Episode, action: number): number {
  let reward = 0;
  for (let frame = 0; frame < actionRepeat; frame++) {
    reward += episode.play(action);
    if (episode.hasEnded?.() === true) break;
  }
  return reward;
}
