/**
 * What is wrong with what an environment says of itself, with observations and with a step: in plain sentences.
 *
 * Looks at values only; `check-environment.ts` is who resets and steps.
 */
import {
  type EnvironmentSpec,
  type EnvironmentStep,
  type ObservationSpec,
  type Observations,
  observationSize,
  type VectorEnvironment,
} from '../environment.js';

export function specificationProblems({ name, spec, copies }: VectorEnvironment): string[] {
  const { observation, actions, actionRepeat, episodeSteps } = spec;
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  return [
    ...wrongIf(name === '', 'name is empty'),
    ...wrongIf(!isCount(copies), `copies is ${copies}, not a whole number from 1 on`),
    ...wrongIf(!observation.shape.every(isCount), `spec.observation.shape has lengths below 1: [${observation.shape}]`),
    ...wrongIf(!['uint8', 'float32'].includes(observation.dtype), `spec.observation.dtype is ${observation.dtype}`),
    ...wrongIf(actions.length < 2, `spec.actions has ${actions.length} entries, fewer than 2`),
    ...wrongIf(new Set(actions).size !== actions.length, 'spec.actions names an action twice'),
    ...wrongIf(!isCount(actionRepeat), `spec.actionRepeat is ${actionRepeat}, not a whole number from 1 on`),
    ...wrongIf(
      episodeSteps !== undefined && !isCount(episodeSteps),
      `spec.episodeSteps is ${episodeSteps}, not a whole number from 1 on`,
    ),
  ];
}

/** @param what - such as `observations of reset`. */
export function observationProblems(
  what: string,
  spec: ObservationSpec,
  copies: number,
  received: Observations,
): string[] {
  const size = copies * observationSize(spec);
  const typeName = spec.dtype === 'uint8' ? 'Uint8Array' : 'Float32Array';
  if (received?.constructor?.name !== typeName) return [`${what} are not a ${typeName}`];
  if (received.length !== size) return [`${what} have ${received.length} values, not ${size}`];
  return wrongIf(!received.every(Number.isFinite), `${what} have values that are not finite`);
}

export function stepProblems(spec: EnvironmentSpec, copies: number, step: EnvironmentStep): string[] {
  const { observations, rewards, terminated, truncated, finalObservations } = step;
  const shapes = [
    ...observationProblems('observations of step', spec.observation, copies, observations),
    ...arrayProblems('rewards', 'Float32Array', copies, rewards),
    ...arrayProblems('terminated', 'Uint8Array', copies, terminated),
    ...arrayProblems('truncated', 'Uint8Array', copies, truncated),
  ];
  if (shapes.length > 0) return shapes;
  return [
    ...wrongIf(!rewards.every(Number.isFinite), 'rewards have values that are not finite'),
    ...wrongIf(
      [...terminated, ...truncated].some((flag) => flag > 1),
      'terminated or truncated has values other than 0 and 1',
    ),
    ...wrongIf(
      terminated.some((flag, copy) => flag + (truncated[copy] ?? 0) > 1),
      'a copy is terminated and truncated at once',
    ),
    ...finalProblems(spec.observation, endedCopies(step), finalObservations),
  ];
}

function finalProblems(
  spec: ObservationSpec,
  ended: readonly number[],
  finals: ReadonlyMap<number, Observations>,
): string[] {
  if (!(finals instanceof Map)) return ['finalObservations is not a Map'];
  const named = [...finals.keys()].sort((one, other) => one - other);
  return [
    ...wrongIf(String(named) !== String(ended), `finalObservations has copies [${named}], but [${ended}] ended`),
    ...[...finals.values()].flatMap((last) => observationProblems('finalObservations', spec, 1, last)),
  ];
}

/** Copies whose episode ended on a step. */
export function endedCopies({ terminated, truncated }: EnvironmentStep): number[] {
  return [...terminated.keys()].filter((copy) => terminated[copy] === 1 || truncated[copy] === 1);
}

function arrayProblems(what: string, typeName: string, copies: number, received: ArrayLike<number>): string[] {
  if (received?.constructor?.name !== typeName) return [`${what} is not a ${typeName}`];
  return wrongIf(received.length !== copies, `${what} has ${received.length} entries for ${copies} copies`);
}

export function wrongIf(isWrong: boolean, problem: string): string[] {
  return isWrong ? [problem] : [];
}
