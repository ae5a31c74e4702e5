/**
 * Which tensors of a world are an agent's actions, observations and rewards: worked out from its specifications.
 *
 * Rewards and discounts are observations of those names, as the protocol's documentation has it.
 */
import { CpcError } from '@cpc/base';
import type { ObservationSpec } from '../environment.js';
import { excerpt } from './excerpt.js';
import type { Tensors, WorldSpecs } from './messages.js';
import { numbersAs, type TensorSpec } from './tensor-specs.js';
import { type Tensor, tensorOf } from './tensors.js';

/** An action of the agent: what it puts into which of the world's action tensors. */
export interface RpcAction {
  readonly name: string;
  /** By the tensor's name; one number for all its values, or one for each. Tensors that are not named are left out. */
  readonly tensors: Readonly<Record<string, number | readonly number[]>>;
}

export interface LayoutOptions {
  /** Name of the observation that the agent sees; needed where there is more than one besides reward and discount. */
  readonly observation?: string | undefined;
  /** Needed where the world's actions are not one whole number with a range. */
  readonly actions?: readonly RpcAction[] | undefined;
  /** Of the world, which are seen at once; default 1. */
  readonly copies?: number;
}

/** An identifier and the specification that goes with it. */
type Identified = readonly [bigint, TensorSpec];

export interface WorldLayout {
  readonly observation: ObservationSpec;
  readonly actionNames: readonly string[];
  /** The tensors of each action. */
  readonly actions: readonly Tensors[];
  /** Observations to ask for at every step. */
  readonly requested: readonly bigint[];
  readonly seen: Identified;
  readonly reward: Identified | undefined;
  readonly discount: Identified | undefined;
}

const rewardName = 'reward';
const discountName = 'discount';
const mostActions = 10_000;
const longestName = 1_000; // each action's begins with it
/** Of an observation or action; an image of 1024 x 1024 pixels in grey. */
const mostValues = 2 ** 20;
/** Of the observations of all copies together, since each step holds them: 404 images of 96 x 72 pixels in colour. */
const mostValuesOfCopies = 2 ** 23;

/** @throws {CpcError} if the specifications leave open what is what, or are of no kind that an agent here can take. */
export function layOut(specs: WorldSpecs, options: LayoutOptions, where: string): WorldLayout {
  const observations = [...specs.observations];
  const named = (name: string) => observations.find(([, spec]) => spec.name === name);
  const [reward, discount] = [named(rewardName), named(discountName)];
  const seen = chosenObservation(observations, options.observation, where);
  const actions = options.actions ?? enumeratedActions([...specs.actions], where);
  const requested = [seen, reward, discount].flatMap((identified) => (identified === undefined ? [] : [identified[0]]));
  return {
    observation: observationSpec(seen[1], options.copies ?? 1, where),
    actionNames: actions.map(({ name }) => name),
    actions: actions.map((action) => actionTensors(action, [...specs.actions], where)),
    requested,
    seen,
    reward,
    discount,
  };
}

function chosenObservation(observations: readonly Identified[], name: string | undefined, where: string): Identified {
  const candidates = observations.filter(([, spec]) =>
    name === undefined ? spec.name !== rewardName && spec.name !== discountName : spec.name === name,
  );
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const names = excerpt(observations.map(([, spec]) => spec.name).join(', '));
  const expected = name === undefined ? 'one observation besides reward and discount' : `an observation ${name}`;
  throw new CpcError({ where, expected, received: names, fix: 'Name one of them as observation.' });
}

function observationSpec({ name, type, shape }: TensorSpec, copies: number, where: string): ObservationSpec {
  const isNumeric = type !== 'bool' && type !== 'string' && type !== 'proto';
  requireSize(name, shape, where);
  requireRoom(name, shape, copies, where);
  if (isNumeric && shape.every((length) => length >= 1))
    return { shape, dtype: type === 'uint8' ? 'uint8' : 'float32' };
  const expected = `observation ${excerpt(name)} to be numbers of a fixed shape`;
  throw new CpcError({ where, expected, received: `${type} [${shape}]` });
}

/** The actions of a world that takes one whole number: one for each that its range allows. */
function enumeratedActions(specs: readonly Identified[], where: string): RpcAction[] {
  const [only] = specs;
  const { name = '', type = '', shape = [], min, max } = only?.[1] ?? {};
  const isWhole = /int/.test(type) && shape.every((length) => length === 1);
  const [first = 0, last = -1] = [min?.[0], max?.[0]];
  const count = last - first + 1;
  const isRange = Number.isSafeInteger(first) && Number.isSafeInteger(last) && count >= 2 && count <= mostActions;
  if (specs.length === 1 && isWhole && isRange && name.length <= longestName) {
    return Array.from({ length: count }, (_, index) => ({
      name: `${name} ${first + index}`,
      tensors: { [name]: first + index },
    }));
  }
  const received = excerpt(specs.map(([, spec]) => `${spec.name}: ${spec.type} [${spec.shape}]`).join(', '));
  const expected = 'one action of a whole number with a range of at least 2';
  throw new CpcError({ where, expected, received, fix: "Say what each of the agent's actions does, as actions." });
}

function actionTensors({ name, tensors }: RpcAction, specs: readonly Identified[], where: string): Tensors {
  return new Map(
    Object.entries(tensors).map(([tensorName, numbers]) => {
      const identified = specs.find(([, spec]) => spec.name === tensorName);
      if (identified !== undefined) {
        requireSize(tensorName, identified[1].shape, where);
        return [identified[0], filled(identified[1], numbers)];
      }
      const received = excerpt(specs.map(([, spec]) => spec.name).join(', '));
      throw new CpcError({ where, expected: `an action tensor ${tensorName} for ${name}`, received });
    }),
  );
}

/** A shape that a server only claims must not decide how much memory is taken. */
function requireSize(name: string, shape: readonly number[], where: string): void {
  if (size(shape) <= mostValues) return;
  const expected = `${excerpt(name)} to have at most ${mostValues} values`;
  throw new CpcError({ where, expected, received: `the shape [${shape.join(', ')}]` });
}

function requireRoom(name: string, shape: readonly number[], copies: number, where: string): void {
  if (copies * size(shape) <= mostValuesOfCopies) return;
  throw new CpcError({
    where,
    expected: `${excerpt(name)} of all copies to have at most ${mostValuesOfCopies} values`,
    received: `${copies} of the shape [${shape.join(', ')}]`,
    fix: 'Play fewer copies (--set copies=N), or have the server send smaller observations.',
  });
}

/** An action tensor of a specification. */
function filled({ type, shape }: TensorSpec, numbers: number | readonly number[]): Tensor {
  const values = typeof numbers === 'number' ? new Array<number>(size(shape)).fill(numbers) : numbers;
  return tensorOf(type, shape, numbersAs(type, values));
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * Math.abs(length), 1);
}
