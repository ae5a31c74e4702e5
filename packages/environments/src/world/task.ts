/**
 * What a task of the built-in world is: an episode made from a seed, and what a frame of an action does in it.
 *
 * A task knows its rules. It refuses to know frames of pixels, action repeat and the limit on an episode's length.
 */
import type { Random } from '@cpc/base';
import type { Body } from './body.js';
import type { View } from './renderer.js';
import type { Surfaces } from './surfaces.js';

export interface Task {
  /** After a level of the paper, such as `seekavoid_arena`. */
  readonly name: string;
  /** Agent steps (of 4 frames) after which an episode is cut off: PAPER's table. */
  readonly episodeSteps: number;
  /**
   * Starts an episode.
   *
   * @param random - all that is random in it, also later, comes from here.
   * @param surfaces - to be decorated.
   */
  readonly start: (random: Random, surfaces: Surfaces) => Episode;
}

export interface Episode {
  readonly view: View;
  readonly agent: Body;
  /** Plays one frame of 1/60 s. Returns its reward. */
  readonly play: (action: number) => number;
  /** True once nothing comes after; left out by tasks whose episodes end at their limit only. */
  readonly hasEnded?: () => boolean;
  /** Draws over a frame that shows the world; left out where nothing is. */
  readonly overlay?: (frame: Uint8Array) => void;
}
