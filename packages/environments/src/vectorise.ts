/**
 * Several copies of an environment, stepped together: makes a `VectorEnvironment` of environments written one copy at a time.
 *
 * Letters as in `environment.ts`: B copies.
 */
import { CpcError, entryAt } from '@cpc/base';
import { joined, joinedStep } from './batch-arrays.js';
import type { EnvironmentSpec, VectorEnvironment } from './environment.js';
import { createEpisodeCopy } from './episode-copy.js';
import { requireActions, requireCopies } from './refusals.js';
import { decodeSavedEnvironment, encodeSavedEnvironment } from './saved-environment.js';
import type { SingleEnvironment } from './single-environment.js';

export interface VectoriseOptions {
  /** Makes one copy; called B times. All have to be of the same name and specification. */
  readonly create: () => SingleEnvironment;
  /** B, from 1 to 65,536. */
  readonly copies: number;
  /** Number of the first copy; default 0. Copies 4 to 7 play the same here as among 0 to 7. */
  readonly firstCopy?: number;
}

/**
 * A batch of copies. Every copy has episodes of its own, which depend on the seed, its number and the actions alone. All copies take
 * part in a step at once; those that answer with promises are waited for together.
 *
 * What `save` gives is the seed and the actions since each episode began; `restore` takes them again.
 *
 * @returns the environment; `close` closes every copy.
 * @throws {CpcArgumentError} if the number of copies is out of range.
 *
 * @example
 * const environment = vectorise({ create: createCartPole, copies: 8 });
 * await environment.reset(1);
 * const { rewards } = await environment.step(new Int32Array(8)); // eight times 1
 */
export function vectorise({ create, copies, firstCopy = 0 }: VectoriseOptions): VectorEnvironment {
  requireCopies('vectorise', copies);
  const environments = Array.from({ length: copies }, create);
  const { name, spec } = alike(environments);
  const players = environments.map((environment, index) => createEpisodeCopy(environment, firstCopy + index));
  let seed: number | undefined;
  const begun = (): number => {
    if (seed === undefined) throw notReset(name);
    return seed;
  };
  return {
    name,
    spec,
    copies,
    async reset(newSeed) {
      const observations = await Promise.all(players.map((player) => player.reset(newSeed)));
      seed = newSeed;
      return joined(spec, observations);
    },
    async step(actions) {
      begun();
      requireActions(name, spec, copies, actions);
      return joinedStep(
        spec,
        await Promise.all(players.map((player, copy) => player.step(entryAt(actions, copy, 'actions')))),
      );
    },
    async save() {
      return encodeSavedEnvironment({ name, seed: begun(), episodes: players.map((player) => player.saved()) });
    },
    async restore(state) {
      const saved = decodeSavedEnvironment(state, name, copies);
      const places = saved.episodes.map((episode, copy) => players[copy]?.restore(saved.seed, episode));
      const observations = (await Promise.all(places)).flatMap((observation) => observation ?? []);
      seed = saved.seed;
      return joined(spec, observations);
    },
    async close() {
      await Promise.all(environments.map((environment) => environment.close?.()));
    },
  };
}

/** What all copies share. */
function alike(environments: readonly SingleEnvironment[]): { readonly name: string; readonly spec: EnvironmentSpec } {
  const described = environments.map(({ name, spec }) => JSON.stringify([name, spec]));
  const [first] = environments;
  const other = described.find((description) => description !== described[0]);
  if (first !== undefined && other === undefined) return first;
  const expected = `copies that are all ${described[0]}`;
  const fix = 'Let `create` make the same environment every time it is called.';
  throw new CpcError({ where: 'vectorise', expected, received: other, fix });
}

function notReset(name: string): CpcError {
  return new CpcError({
    where: name,
    expected: 'a call of `reset` first',
    fix: 'Call reset(seed), or restore(state).',
  });
}
