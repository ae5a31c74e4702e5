/**
 * Does an environment keep the rules that an agent relies on? Plays it with random actions and says what is wrong.
 *
 * Source of the rules: `environment.ts`.
 */
import { CpcArgumentError } from '@cpc/base';
import { type EnvironmentStep, type Observations, observationSize, type VectorEnvironment } from '../environment.js';
import { checksum, digestOf, play } from './play.js';
import { endedCopies, observationProblems, specificationProblems, stepProblems, wrongIf } from './step-rules.js';

export interface CheckEnvironmentOptions {
  /** Steps of every run, from 2 on; default 300. Best more than an episode has. */
  readonly steps?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface EnvironmentCheck {
  /** What is wrong, one sentence each; empty if nothing is. */
  readonly problems: readonly string[];
  /** Rules that could not be checked, with the reason. */
  readonly unchecked: readonly string[];
}

/**
 * Checks the specification; shapes, types and ranges of all that comes; the rule of episodes that end; that arrays are the caller's;
 * that a seed repeats exactly; and that a restored environment goes on as it did. The environment is reset several times and left
 * open; what it throws is thrown.
 *
 * @throws {CpcArgumentError} if there are fewer than 2 steps.
 *
 * @example
 * const { problems } = await checkEnvironment(vectorise({ create: createMyEnvironment, copies: 4 }));
 * if (problems.length > 0) throw new Error(problems.join('\n'));
 */
export async function checkEnvironment(
  environment: VectorEnvironment,
  { steps = 300, seed = 1 }: CheckEnvironmentOptions = {},
): Promise<EnvironmentCheck> {
  requireSteps(steps);
  const specification = specificationProblems(environment);
  if (specification.length > 0) return { problems: specification, unchecked: ['all else: the specification is wrong'] };
  const first = await firstRun(environment, seed, steps);
  if (first.problems.length > 0)
    return { problems: first.problems, unchecked: ['repetition and saving: steps are wrong'] };
  const problems = [
    ...(await repetitionProblems(environment, seed, first.digests)),
    ...(await savingProblems(environment, seed, first.digests)),
  ];
  return { problems, unchecked: [...first.unchecked, ...(await seedsUnchecked(environment, seed))] };
}

interface FirstRun extends EnvironmentCheck {
  readonly digests: readonly string[];
}

async function firstRun(environment: VectorEnvironment, seed: number, steps: number): Promise<FirstRun> {
  const { spec, copies } = environment;
  const start = await environment.reset(seed);
  const problems = new Set(observationProblems('observations of reset', spec.observation, copies, start));
  const startSum = problems.size === 0 ? checksum(start) : 0;
  const digests: string[] = [];
  const lengths = new Array<number>(copies).fill(0);
  let [longest, ends, unreset] = [0, 0, 0];
  if (problems.size > 0) return { problems: [...problems], unchecked: [], digests };
  await play(environment, seed, 0, steps, (step) => {
    const wrong = stepProblems(spec, copies, step);
    for (const problem of wrong) problems.add(problem);
    if (wrong.length > 0) return;
    digests.push(digestOf(step));
    for (const copy of lengths.keys()) lengths[copy] = (lengths[copy] ?? 0) + 1;
    longest = Math.max(longest, ...lengths);
    for (const copy of endedCopies(step)) {
      lengths[copy] = 0;
      ends++;
      if (isUnreset(step, copy, observationSize(spec.observation))) unreset++;
    }
  });
  const { episodeSteps = Number.POSITIVE_INFINITY } = spec;
  return {
    problems: [
      ...problems,
      ...wrongIf(checksum(start) !== startSum, 'the array that reset gave was changed by later steps'),
      ...wrongIf(
        longest > episodeSteps,
        `an episode lasted ${longest} steps or more, but spec.episodeSteps is ${episodeSteps}`,
      ),
      ...wrongIf(
        ends > 0 && ends === unreset,
        'where an episode ends, observations show its end, not the start of the next one',
      ),
    ],
    unchecked: wrongIf(ends === 0, `the rule of episodes that end: none ended within ${steps} steps`),
    digests,
  };
}

/** True if a copy's observation after the end is the last one before it. */
function isUnreset({ observations, finalObservations }: EnvironmentStep, copy: number, size: number): boolean {
  const seen: Observations = observations.subarray(copy * size, (copy + 1) * size);
  return finalObservations.get(copy)?.every((value, index) => value === seen[index]) === true;
}

async function repetitionProblems(
  environment: VectorEnvironment,
  seed: number,
  digests: readonly string[],
): Promise<string[]> {
  await environment.reset(seed);
  const different = await firstDifference(environment, seed, 0, digests);
  return wrongIf(different !== undefined, `the same seed and actions gave something else at step ${different}`);
}

/** Saves half way, goes on to the end, restores and goes on again. */
async function savingProblems(
  environment: VectorEnvironment,
  seed: number,
  digests: readonly string[],
): Promise<string[]> {
  if (environment.save === undefined && environment.restore === undefined) return [];
  if (environment.save === undefined || environment.restore === undefined)
    return ['one of save and restore is missing'];
  const half = Math.floor(digests.length / 2);
  await environment.reset(seed);
  let seen: Observations = new Uint8Array();
  await play(environment, seed, 0, half, ({ observations }) => {
    seen = observations;
  });
  const state = await environment.save();
  await play(environment, seed, half, digests.length, () => undefined);
  const restored = await environment.restore(state);
  const isSeen = checksum(restored) === checksum(seen);
  const different = await firstDifference(environment, seed, half, digests);
  return [
    ...wrongIf(!isSeen, 'restore gave other observations than the step before save'),
    ...wrongIf(different !== undefined, `after restore, step ${different} gave something else than without`),
  ];
}

async function firstDifference(
  environment: VectorEnvironment,
  seed: number,
  from: number,
  digests: readonly string[],
): Promise<number | undefined> {
  let different: number | undefined;
  await play(environment, seed, from, digests.length, (step, number) => {
    if (digestOf(step) !== digests[number]) different ??= number;
  });
  return different;
}

async function seedsUnchecked(environment: VectorEnvironment, seed: number): Promise<string[]> {
  const [one, other] = [checksum(await environment.reset(seed)), checksum(await environment.reset(seed + 1))];
  const hasSaving = environment.save !== undefined;
  return [
    ...wrongIf(one === other, 'that seeds differ: two of them start alike'),
    ...wrongIf(!hasSaving, 'saving: the environment has no save and restore'),
  ];
}

function requireSteps(received: number): void {
  if (Number.isInteger(received) && received >= 2) return;
  const expected = 'steps to be a whole number from 2 on';
  throw new CpcArgumentError({ where: 'checkEnvironment', argument: 'steps', expected, received });
}
