/**
 * Environments by the names that a person types:
 *
 *   seekavoid_arena            one that is built in
 *   gymnasium:CartPole-v1      one of Gymnasium, through the bridge in Python
 *   lab:LEVEL                  a level of DeepMind Lab, through the bridge in Python
 *   rpc:localhost:8000         whatever a server of dm_env_rpc offers
 */
import { CpcArgumentError, CpcError } from '@cpc/base';
import { builtInEnvironmentNames, createBuiltInEnvironment } from '../built-in.js';
import type { VectorEnvironment } from '../environment.js';
import { type BridgedEnvironment, labActionNames, startPythonBridge } from './dm-env-rpc/python-bridge.js';
import { createRpcEnvironment, type RpcEnvironmentOptions } from './dm-env-rpc/rpc-environment.js';
import { createThreadedEnvironment } from './threaded-environment.js';

/** For help. */
export const otherEnvironments = 'gymnasium:ID or lab:LEVEL through Python (CPC_PYTHON says which), or rpc:HOST:PORT';

/** Seconds that a server may take to answer, where the environment variable says so. */
function timeout(): { readonly timeoutSeconds?: number } {
  const text = process.env.CPC_RPC_TIMEOUT;
  if (text === undefined || text === '') return {};
  const timeoutSeconds = Number(text);
  if (timeoutSeconds > 0 && timeoutSeconds < 2 ** 21) return { timeoutSeconds };
  const expected = 'seconds, above 0 and below 2,097,152';
  throw new CpcArgumentError({ where: 'CPC_RPC_TIMEOUT', argument: '--env', expected, received: text });
}

export interface OpenEnvironmentOptions {
  /** As at the head of this file. */
  readonly name: string;
  readonly copies: number;
  /** Threads that the copies of a built-in one are spread over; 0: this one. */
  readonly threads: number;
  /** For the bridge; default `python3`. */
  readonly python?: string;
  /** Looked at while a server or bridge is waited for: once it is true, what is not answered within half a second fails. */
  readonly stopRequested?: () => boolean;
}

/**
 * @returns the environment, named as it was typed; the caller closes it, and with it what was started for it.
 * @throws {CpcArgumentError} if there is none of that name.
 * @throws {CpcError} if a bridge or a server does not answer.
 *
 * @example
 * const environment = await openEnvironment({ name: 'gymnasium:CartPole-v1', copies: 16, threads: 0 });
 */
export async function openEnvironment(options: OpenEnvironmentOptions): Promise<VectorEnvironment> {
  const { name, copies, threads } = options;
  const [, kind, rest = ''] = /^(gymnasium|lab|rpc):(.+)$/.exec(name) ?? [];
  if (kind === 'rpc') {
    const given = { address: rest, copies, name, ...timeout() };
    return watched(options, (signal) => createRpcEnvironment({ ...given, signal }));
  }
  if (kind === 'gymnasium') return watched(options, bridged(options, { gymnasium: rest }, {}));
  if (kind === 'lab')
    return watched(options, bridged(options, { lab: rest }, { actionNames: labActionNames, actionRepeat: 4 }));
  if (!builtInEnvironmentNames.includes(name)) throw unknown(name);
  return threads === 0
    ? createBuiltInEnvironment({ name, copies })
    : createThreadedEnvironment({ source: { name }, copies, threads });
}

const looksPerSecond = 20;

/** Gives what opens an environment a signal that aborts once a stop is asked, until the environment is closed. */
async function watched(
  { stopRequested }: OpenEnvironmentOptions,
  open: (signal: AbortSignal) => Promise<VectorEnvironment>,
): Promise<VectorEnvironment> {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (stopRequested?.() !== true) return;
    clearInterval(timer);
    controller.abort();
  }, 1000 / looksPerSecond);
  timer.unref();
  try {
    const opened = await open(controller.signal);
    return { ...opened, close: () => opened.close().finally(() => clearInterval(timer)) };
  } catch (error) {
    clearInterval(timer);
    throw error;
  }
}

/** Connections to a bridge that others may hold without locking our copies out. */
const spareConnections = 256;

function bridged(
  { name, copies, python }: OpenEnvironmentOptions,
  environment: BridgedEnvironment,
  known: Pick<RpcEnvironmentOptions, 'actionNames' | 'actionRepeat'>,
) {
  const chosen = python ?? process.env.CPC_PYTHON;
  const connections = copies + spareConnections;
  return async (signal: AbortSignal): Promise<VectorEnvironment> => {
    const bridge = await startPythonBridge({
      environment,
      connections,
      signal,
      ...(chosen === undefined ? {} : { python: chosen }),
    });
    try {
      const { address } = bridge;
      const asked = { address, copies, name, repeatable: true, signal, ...known, ...timeout() };
      const opened = await createRpcEnvironment(asked);
      return { ...opened, close: () => opened.close().finally(bridge.stop) };
    } catch (error) {
      await bridge.stop();
      throw error;
    }
  };
}

function unknown(received: string): CpcArgumentError {
  return new CpcArgumentError({
    where: 'environment',
    argument: '--env',
    expected: `one of ${builtInEnvironmentNames.join(', ')}; ${otherEnvironments}`,
    received,
  });
}

/**
 * Refuses the name of an environment that a file tells, unless it is built in: another one would start a program or connect to an
 * address that the file chose.
 *
 * @throws {CpcError} with the option that takes the name from a person.
 */
export function requireBuiltIn(name: string, file: string): void {
  if (builtInEnvironmentNames.includes(name)) return;
  throw new CpcError({
    where: file,
    expected: `the name of a built-in environment, as no other is started because a file names it`,
    received: JSON.stringify(name.slice(0, 200)),
    fix: 'If you trust it, name it yourself: add --env NAME to the command.', // never the name: a shell would obey what stands in it
  });
}
