/**
 * Worlds behind dm_env_rpc as an environment: one connection and one world for each copy.
 *
 * Of the protocol this file knows that the first step after a reset starts a sequence and ignores its actions, and that a sequence ends
 * terminated or interrupted. How messages travel stands in `connection.ts`, which tensor is what in `world-layout.ts`.
 */
import { CpcError } from '@cpc/base';
import { excerpt } from '../../dm-env-rpc/excerpt.js';
import type { SequenceState, Settings, Tensors } from '../../dm-env-rpc/messages.js';
import { type Tensor, tensorOf } from '../../dm-env-rpc/tensors.js';
import { type LayoutOptions, layOut, type RpcAction, type WorldLayout } from '../../dm-env-rpc/world-layout.js';
import type { EnvironmentSpec, Observations, VectorEnvironment } from '../../environment.js';
import { requireCopies } from '../../refusals.js';
import type { SingleEnvironment, SingleStep } from '../../single-environment.js';
import { vectorise } from '../../vectorise.js';
import { connectRpc, longestAnswerBytes, type RpcConnection } from './connection.js';

/** A setting as programs write it: numbers become int64 where they are whole, else double. */
export type SettingValue = number | string | boolean | Tensor;

export interface RpcEnvironmentOptions {
  /** Such as `localhost:8000`. */
  readonly address: string;
  /** B, from 1 to 65,536. */
  readonly copies: number;
  /** Default: the address. */
  readonly name?: string;
  /** What worlds are created with, or a world that is there to be joined by all copies. */
  readonly world?: { readonly create: Readonly<Record<string, SettingValue>> } | { readonly join: string };
  readonly joinSettings?: Readonly<Record<string, SettingValue>>;
  /** Name of the setting that a reset passes an episode's seed in; default `seed`, null for servers that take none. */
  readonly seedSetting?: string | null;
  /** Resets the agent's sequence (default), or its whole world. */
  readonly resets?: 'sequence' | 'world';
  /** True if the seed decides the episode, so that it can be saved as seed and actions. Default false. */
  readonly repeatable?: boolean;
  /** See `LayoutOptions`. */
  readonly observation?: string;
  readonly actions?: readonly RpcAction[];
  /** Names for the actions of a world that takes one whole number, the smallest first. */
  readonly actionNames?: readonly string[];
  /** Frames that the server says a step lasts; default 1. Not sent: the server repeats, if anyone does. */
  readonly actionRepeat?: number;
  /** How long a request may take; default 300. */
  readonly timeoutSeconds?: number;
  /** See `ConnectOptions`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Creates (or joins) a world for every copy.
 *
 * @returns the environment; `close` leaves the worlds and destroys those that were created.
 * @throws {CpcError} if the server can't be reached, refuses, or its specifications leave open what is what.
 *
 * @example
 * const environment = await createRpcEnvironment({ address: 'localhost:8000', copies: 8 });
 */
export async function createRpcEnvironment(options: RpcEnvironmentOptions): Promise<VectorEnvironment> {
  requireCopies('createRpcEnvironment', options.copies);
  const joined = await Promise.allSettled(Array.from({ length: options.copies }, () => joinWorld(options)));
  const worlds = joined.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = joined.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await Promise.all(worlds.map((world) => world.close?.()));
    throw failure.reason;
  }
  const left = [...worlds];
  const create = () => left.shift() ?? unreachable(options.address);
  const { save, restore, ...environment } = vectorise({ create, copies: options.copies });
  return options.repeatable === true && save !== undefined && restore !== undefined
    ? { ...environment, save, restore, isRemote: true }
    : { ...environment, isRemote: true };
}

const farewellSeconds = 1;

function unreachable(where: string): never {
  throw new CpcError({ where, expected: 'a world for every copy' });
}

/** Answers of all copies may be here at once: together they take what one connection may. */
const leastAnswerBytes = 2 ** 20;

async function joinWorld(options: RpcEnvironmentOptions): Promise<SingleEnvironment> {
  const { address, timeoutSeconds, signal, copies } = options;
  const mostBytes = Math.max(leastAnswerBytes, Math.floor(longestAnswerBytes / copies));
  const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  const connection = connectRpc({ address, mostBytes, signal, ...timeout });
  try {
    const { worldName, isOurs } = await worldOf(connection, options.world ?? { create: {} });
    const { specs } = await connection.send({
      type: 'joinWorld',
      worldName,
      settings: settingsOf(options.joinSettings),
    });
    const layoutOptions: LayoutOptions = { observation: options.observation, actions: options.actions, copies };
    const layout = layOut(specs, layoutOptions, `dm_env_rpc server at ${address}`);
    return worldEnvironment(connection, worldName, isOurs, layout, options);
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function worldOf(connection: RpcConnection, world: NonNullable<RpcEnvironmentOptions['world']>) {
  if ('join' in world) return { worldName: world.join, isOurs: false };
  const { worldName } = await connection.send({ type: 'createWorld', settings: settingsOf(world.create) });
  return { worldName, isOurs: true };
}

function worldEnvironment(
  connection: RpcConnection,
  worldName: string,
  isOurs: boolean,
  layout: WorldLayout,
  options: RpcEnvironmentOptions,
): SingleEnvironment {
  const spec: EnvironmentSpec = {
    observation: layout.observation,
    actions: options.actionNames ?? layout.actionNames,
    actionRepeat: options.actionRepeat ?? 1,
  };
  requireNames(spec.actions, layout, connection.address);
  const stepWith = (actions: Tensors) => connection.send({ type: 'step', actions, requested: layout.requested });
  return {
    name: options.name ?? options.address,
    spec,
    async reset(seed) {
      const settings = seedSettings(options.seedSetting, seed);
      const isWorld = options.resets === 'world';
      // Sent together: a step right behind the reset saves a way there and back.
      const [, first] = await Promise.all([
        isWorld
          ? connection.send({ type: 'resetWorld', worldName, settings })
          : connection.send({ type: 'reset', settings }),
        stepWith(new Map()),
      ]);
      const started = isWorld && first.state === 'interrupted' ? await stepWith(new Map()) : first;
      requireRunning(connection.address, started.state);
      return observationOf(started.observations, layout, connection.address);
    },
    async step(action): Promise<SingleStep> {
      const { state, observations } = await stepWith(layout.actions[action] ?? new Map());
      return {
        observation: observationOf(observations, layout, connection.address),
        reward: layout.reward === undefined ? 0 : numberIn(observations, layout.reward[0], connection.address),
        ...endOf(state, observations, layout, connection.address),
      };
    },
    async close() {
      const farewells: Promise<unknown>[] = [connection.send({ type: 'leaveWorld' })];
      if (isOurs) farewells.push(connection.send({ type: 'destroyWorld', worldName }));
      // A server that is gone has nothing left to leave; one that is silent sees the connection end.
      const timer = setTimeout(connection.close, 1000 * farewellSeconds);
      await Promise.allSettled(farewells);
      clearTimeout(timer);
      connection.close();
    },
  };
}

/**
 * How a sequence ended. One that was interrupted was cut off; so was one that terminated with a discount above 0, as dm_env has it:
 * something would have come after.
 */
function endOf(state: SequenceState, observations: Tensors, { discount }: WorldLayout, address: string) {
  const hasFuture =
    state === 'terminated' && discount !== undefined && numberIn(observations, discount[0], address) > 0;
  return { terminated: state === 'terminated' && !hasFuture, truncated: state === 'interrupted' || hasFuture };
}

function observationOf(
  observations: Tensors,
  { seen: [identifier, spec] }: WorldLayout,
  address: string,
): Observations {
  const { type, shape, values } = tensorIn(observations, identifier, address);
  const isAsSaid = type === spec.type && String(shape) === String(spec.shape);
  if (!isAsSaid || type === 'bool' || type === 'string' || type === 'proto') {
    const expected = `observation ${excerpt(spec.name)} to be ${spec.type} [${spec.shape}]`;
    throw new CpcError({ where: `dm_env_rpc server at ${address}`, expected, received: `${type} [${shape}]` });
  }
  if (type === 'uint8' || type === 'float') return values;
  return Float32Array.from(values as Iterable<number | bigint>, Number);
}

function numberIn(observations: Tensors, identifier: bigint, address: string): number {
  const { values } = tensorIn(observations, identifier, address);
  const number = values.length === 1 ? Number(values[0]) : Number.NaN;
  if (Number.isFinite(number)) return number;
  const expected = 'reward and discount to be one finite number each';
  throw new CpcError({ where: `dm_env_rpc server at ${address}`, expected, received: values });
}

function tensorIn(observations: Tensors, identifier: bigint, address: string): Tensor {
  const tensor = observations.get(identifier);
  if (tensor !== undefined) return tensor;
  const expected = `the observation ${identifier} that was asked for`;
  throw new CpcError({ where: `dm_env_rpc server at ${address}`, expected, received: `[${[...observations.keys()]}]` });
}

function requireRunning(address: string, state: SequenceState): void {
  if (state === 'running') return;
  const expected = 'a sequence that runs at the first step after a reset';
  throw new CpcError({ where: `dm_env_rpc server at ${address}`, expected, received: `one that is ${state}` });
}

function requireNames(names: readonly string[], { actions }: WorldLayout, address: string): void {
  if (names.length === actions.length) return;
  const expected = `a name for each of ${actions.length} actions`;
  throw new CpcError({ where: `dm_env_rpc server at ${address}`, expected, received: `${names.length} names` });
}

function seedSettings(name: string | null | undefined, seed: number): Settings {
  return settingsOf(name === null ? {} : { [name ?? 'seed']: seed });
}

function settingsOf(settings: Readonly<Record<string, SettingValue>> = {}): Settings {
  return new Map(Object.entries(settings).map(([name, value]) => [name, settingTensor(value)]));
}

function settingTensor(value: SettingValue): Tensor {
  if (typeof value === 'string') return tensorOf('string', [], [value]);
  if (typeof value === 'boolean') return tensorOf('bool', [], [value]);
  if (typeof value !== 'number') return value;
  return Number.isInteger(value)
    ? tensorOf('int64', [], BigInt64Array.of(BigInt(value)))
    : tensorOf('double', [], Float64Array.of(value));
}
