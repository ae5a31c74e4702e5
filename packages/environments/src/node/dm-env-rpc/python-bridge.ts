/**
 * Starts the bridge of this package (`bridge/serve.py`), which serves environments that live in Python.
 *
 * It needs a Python with grpcio-tools and numpy, and with gymnasium or deepmind_lab.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CpcError } from '@cpc/base';

export type BridgedEnvironment =
  /** The id of a Gymnasium environment with discrete actions, such as `CartPole-v1`. */
  | { readonly gymnasium: string }
  /** A level of DeepMind Lab, such as `contributed/dmlab30/rooms_watermaze`, and a folder that keeps levels once built. */
  | { readonly lab: string; readonly levelCache?: string };

export interface PythonBridgeOptions {
  readonly environment: BridgedEnvironment;
  /** Default `python3`; a relative path is one from the working folder. */
  readonly python?: string;
  /** That it serves at once; default 320. */
  readonly connections?: number;
  /** After so many seconds without a request a connection is ended, and what it made is destroyed; default 3600. */
  readonly idleSeconds?: number;
  /** How long it may take to listen; default 60. */
  readonly timeoutSeconds?: number;
  /** Ends the wait for it to listen. */
  readonly signal?: AbortSignal | undefined;
}

export interface PythonBridge {
  /** Where it listens, such as `localhost:40123`. */
  readonly address: string;
  /** Ends it; nothing is left running. */
  readonly stop: () => Promise<void>;
}

/** The actions of a level of DeepMind Lab, in the bridge's order. They are those of the built-in world. */
export { actionNames as labActionNames } from '../../world/actions.js';

type Bridge = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a bridge and waits until it listens. It ends with this process at the latest.
 *
 * @throws {CpcError} if it does not come to listen, with the last of what it printed.
 *
 * @example
 * const bridge = await startPythonBridge({ environment: { gymnasium: 'CartPole-v1' } });
 * const environment = await createRpcEnvironment({ address: bridge.address, copies: 8, repeatable: true });
 */
export async function startPythonBridge(options: PythonBridgeOptions): Promise<PythonBridge> {
  const { environment, python = 'python3', connections = 320, idleSeconds = 3600 } = options;
  const folder = join(dirname(createRequire(import.meta.url).resolve('@cpc/environments/package.json')), 'bridge');
  const wanted = 'gymnasium' in environment ? ['--gymnasium', environment.gymnasium] : labFlags(environment);
  const flags = [...wanted, '--connections', String(connections), '--idle-seconds', String(idleSeconds)];
  // In the folder of this process, so that relative paths mean what they mean to the user.
  const child = spawn(python, ['-B', join(folder, 'serve.py'), ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill();
    const timer = setTimeout(() => child.kill('SIGKILL'), 500); // an environment may hold the first signal up
    await ended;
    clearTimeout(timer);
  };
  try {
    return { address: `localhost:${await portOf(child, options)}`, stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function labFlags({ lab, levelCache }: Extract<BridgedEnvironment, { lab: string }>): string[] {
  return ['--lab', lab, ...(levelCache === undefined ? [] : ['--level-cache', levelCache])];
}

const keptCharacters = 2_000;

function portOf(child: Bridge, { timeoutSeconds = 60, signal }: PythonBridgeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (reason: string) => reject(notListening(reason, printed));
    const timer = setTimeout(() => fail(`nothing within ${timeoutSeconds} s`), 1000 * timeoutSeconds);
    const stop = () => fail('a request to stop');
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    child.once('close', () => signal?.removeEventListener('abort', stop));
    const read = (text: Buffer) => {
      printed = (printed + text.toString()).slice(-keptCharacters);
      const port = /listening on (\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.stdin.on('error', () => undefined); // it is gone: `close` tells
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`its end with code ${code}`);
    });
  });
}

function notListening(reason: string, printed: string): CpcError {
  const last = printed.trim().split('\n').at(-1) ?? '';
  return new CpcError({
    where: 'python bridge',
    expected: 'a bridge that listens',
    received: last === '' ? reason : `${reason}: ${last}`,
    fix: 'It needs Python with grpcio-tools and numpy, and with gymnasium or deepmind_lab: say which Python as `python`.',
  });
}
