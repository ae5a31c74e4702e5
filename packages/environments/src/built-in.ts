/** The environments that come with this package, by name. */
import { CpcArgumentError } from '@cpc/base';
import type { VectorEnvironment } from './environment.js';
import type { SingleEnvironment } from './single-environment.js';
import { createCartPole } from './small/cart-pole.js';
import { createDelayedCue } from './small/delayed-cue.js';
import { vectorise } from './vectorise.js';
import { worldTasks } from './world/tasks/index.js';
import { createWorldEnvironment, type WorldEnvironmentOptions } from './world/world-environment.js';

/** What makes one copy; whether its observations are drawn matters to the world's tasks only. */
type Maker = (options?: WorldEnvironmentOptions) => SingleEnvironment;

const makers: Readonly<Record<string, Maker>> = {
  ...Object.fromEntries(
    worldTasks.map((task) => [task.name, (options?: WorldEnvironmentOptions) => createWorldEnvironment(task, options)]),
  ),
  cart_pole: () => createCartPole(),
  delayed_cue: () => createDelayedCue(),
};

/** Their names, those of the 3-D world first. */
export const builtInEnvironmentNames: readonly string[] = Object.keys(makers);

export interface BuiltInEnvironmentOptions {
  /** One of `builtInEnvironmentNames`. */
  readonly name: string;
  /** B, from 1 to 65,536. */
  readonly copies: number;
  /** Number of the first copy; default 0. Copies 4 to 7 play the same here as among 0 to 7. */
  readonly firstCopy?: number;
}

/**
 * Copies of a built-in environment, all in this thread. `createThreadedEnvironment` of `@cpc/environments/node` spreads them over threads.
 *
 * @throws {CpcArgumentError} if there is none of that name, or the number of copies is out of range.
 *
 * @example
 * const environment = createBuiltInEnvironment({ name: 'cart_pole', copies: 8 });
 * const observations = await environment.reset(1); // [8, 4]
 */
export function createBuiltInEnvironment({ name, ...options }: BuiltInEnvironmentOptions): VectorEnvironment {
  const create = builtInMaker(name);
  return vectorise({ create: () => create(), ...options });
}

/** What makes one copy of the environment of that name. */
export function builtInMaker(name: string): Maker {
  const maker = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (maker !== undefined) return maker;
  const expected = `the name of a built-in environment: ${builtInEnvironmentNames.join(', ')}`;
  throw new CpcArgumentError({ where: 'createBuiltInEnvironment', argument: 'name', expected, received: name });
}
