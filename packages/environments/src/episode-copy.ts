/**
 * One copy of a batch: plays one episode after the other, each from a seed of its own, and remembers what leads to where it stands.
 *
 * Knows the rule of episodes that end (`environment.ts`); refuses to know what is played, and the other copies.
 */
import { CpcError, createRandom } from '@cpc/base';
import { type ObservationSpec, type Observations, observationSize } from './environment.js';
import type { SavedEpisode } from './saved-environment.js';
import type { SingleEnvironment } from './single-environment.js';

/** What a step of one copy came to. */
export interface CopyStep {
  /** Of the next episode where this one ended. Valid until the next call. */
  readonly observation: Observations;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
  /** Where the episode ended: what was last seen of it. The caller's. */
  readonly last?: Observations;
}

export interface EpisodeCopy {
  readonly reset: (seed: number) => Promise<Observations>;
  readonly step: (action: number) => Promise<CopyStep>;
  readonly saved: () => SavedEpisode;
  readonly restore: (seed: number, saved: SavedEpisode) => Promise<Observations>;
}

/** @param copy - its number among all copies: with the seed it decides what this copy's episodes are. */
export function createEpisodeCopy(environment: SingleEnvironment, copy: number): EpisodeCopy {
  let seed = 0;
  let episode = 0;
  let actions: number[] = [];
  const check = (observation: Observations) => checkedObservation(environment, observation);
  const begin = async () => {
    actions = [];
    return check(await environment.reset(episodeSeed(seed, copy, episode)));
  };
  return {
    reset(newSeed) {
      seed = newSeed;
      episode = 0;
      return begin();
    },
    async step(action) {
      const { observation, reward, terminated, truncated } = await environment.step(action);
      actions.push(action);
      check(observation);
      if (!terminated && !truncated) return { observation, reward, terminated, truncated };
      const last = observation.slice();
      episode++;
      return { observation: await begin(), reward, terminated, truncated, last };
    },
    saved: () => ({ episode, actions: [...actions] }),
    async restore(newSeed, saved) {
      seed = newSeed;
      episode = saved.episode;
      const observation = await replay(environment, episodeSeed(seed, copy, episode), saved.actions);
      actions = [...saved.actions];
      return check(observation);
    },
  };
}

/** The seed of a copy's n-th episode after a reset: a whole number from 0 to 2^31 - 1, which any environment takes. */
function episodeSeed(seed: number, copy: number, episode: number): number {
  return createRandom(seed)
    .fold('copy', copy, 'episode', episode)
    .integer(2 ** 31);
}

async function replay(environment: SingleEnvironment, seed: number, actions: readonly number[]): Promise<Observations> {
  if (environment.replay !== undefined) return environment.replay(seed, actions);
  let observation = await environment.reset(seed);
  for (const action of actions) {
    const step = await environment.step(action);
    if (step.terminated || step.truncated) throw unlikeBefore(environment.name);
    observation = step.observation;
  }
  return observation;
}

function unlikeBefore(name: string): CpcError {
  return new CpcError({
    where: `${name}.restore`,
    expected: 'an episode that goes on, as it did when it was saved',
    received: 'its end',
    fix: 'The same seed and actions have to give the same episode; `checkEnvironment` tells whether they do.',
  });
}

function checkedObservation({ name, spec }: SingleEnvironment, observation: Observations): Observations {
  if (isOfSpec(spec.observation, observation)) return observation;
  throw new CpcError({
    where: name,
    expected: `an observation of ${observationSize(spec.observation)} values of ${spec.observation.dtype}`,
    received: observation,
    fix: 'Let spec.observation say what reset and step give.',
  });
}

function isOfSpec(spec: ObservationSpec, observation: Observations): boolean {
  const isOfType = spec.dtype === 'uint8' ? observation instanceof Uint8Array : observation instanceof Float32Array;
  return isOfType && observation.length === observationSize(spec);
}
