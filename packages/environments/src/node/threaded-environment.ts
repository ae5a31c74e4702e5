/**
 * An environment whose copies are spread over threads, so that they are stepped on several cores at once.
 *
 * Which thread holds a copy makes no difference to what it plays: numbers are the same whatever their count.
 */
import { createRequire } from 'node:module';
import { CpcArgumentError, CpcError } from '@cpc/base';
import { type RequestThread, startRequestThread } from '@cpc/base/node';
import { joined, joinSteps } from '../batch-arrays.js';
import { builtInMaker } from '../built-in.js';
import type { VectorEnvironment } from '../environment.js';
import { requireActions, requireCopies } from '../refusals.js';
import { joinSaved, splitSaved } from '../saved-environment.js';
import type {
  EnvironmentJob,
  EnvironmentReplies,
  EnvironmentReply,
  EnvironmentRequest,
} from './environment-messages.js';

export interface ThreadedEnvironmentOptions {
  /** B, from 1 to 65,536. */
  readonly copies: number;
  /** From 1 to 64; not more than there are copies are started. Default 1. */
  readonly threads?: number;
  /** A built-in environment, by its name; or what makes one copy: a function of no arguments that a module exports. */
  readonly source:
    | { readonly name: string }
    | {
        /** URL of a module that Node can load as it is: no TypeScript. */
        readonly module: string;
        readonly create: string;
      };
}

/** One thread and the copies that it holds. */
interface Part {
  readonly first: number;
  readonly end: number;
  readonly thread: RequestThread<EnvironmentRequest, EnvironmentReply>;
}

/**
 * Starts threads and makes an environment of the copies in them. Idle threads do not keep the process alive.
 *
 * @returns the environment; the caller closes it, which ends the threads.
 * @throws {CpcArgumentError} if a number is out of range or there is no built-in environment of that name.
 * @throws {CpcError} if the module has no such function, or makes something else.
 *
 * @example
 * const environment = await createThreadedEnvironment({ source: { name: 'seekavoid_arena' }, copies: 32, threads: 2 });
 */
export async function createThreadedEnvironment(options: ThreadedEnvironmentOptions): Promise<VectorEnvironment> {
  const { copies, threads = 1, source } = options;
  requireCopies('createThreadedEnvironment', copies);
  requireThreads(threads);
  if ('name' in source) builtInMaker(source.name); // refused here, and not in a thread
  const parts = startParts(source, copies, Math.min(threads, copies));
  try {
    const [described] = await askEach(parts, 'describe', () => ({ type: 'describe' }));
    return environmentOf(parts, copies, described);
  } catch (error) {
    await endAll(parts);
    throw error;
  }
}

type Parts = readonly [Part, ...Part[]];

/** Neighbouring copies share a thread; no thread holds more than one copy more than another. */
function startParts(source: EnvironmentJob['source'], copies: number, threads: number): Parts {
  const entry = createRequire(import.meta.url).resolve('@cpc/environments/node/environment-worker');
  const start = (index: number): Part => {
    const [first, end] = [index, index + 1].map((place) => Math.floor((copies * place) / threads)) as [number, number];
    const data: EnvironmentJob = { source, copies: end - first, firstCopy: first };
    return { first, end, thread: startRequestThread({ entry, data, ended }) };
  };
  return [start(0), ...Array.from({ length: threads - 1 }, (_, index) => start(index + 1))];
}

function environmentOf(
  parts: Parts,
  copies: number,
  { name, spec }: EnvironmentReplies['describe'],
): VectorEnvironment {
  const sizes = parts.map(({ first, end }) => end - first);
  return {
    name,
    spec,
    copies,
    reset: async (seed) => joined(spec, await askEach(parts, 'reset', () => ({ type: 'reset', seed }))),
    async step(actions) {
      requireActions(name, spec, copies, actions);
      const steps = await askEach(parts, 'step', ({ first, end }) => ({
        type: 'step',
        actions: actions.slice(first, end),
      }));
      return joinSteps(spec, steps);
    },
    save: async () => joinSaved(await askEach(parts, 'save', () => ({ type: 'save' })), name, sizes),
    async restore(state) {
      const states = splitSaved(state, name, sizes);
      const stateOf = (part: Part) => states[parts.indexOf(part)] ?? state;
      return joined(spec, await askEach(parts, 'restore', (part) => ({ type: 'restore', state: stateOf(part) })));
    },
    async close() {
      const open = parts.filter(({ thread }) => !thread.hasEnded());
      await Promise.all(open.map(({ thread }) => thread.ask({ type: 'close' })));
      await endAll(parts);
    },
  };
}

/** Asks every thread at once. What a thread replies is of the kind that was asked for. */
async function askEach<Kind extends keyof EnvironmentReplies>(
  parts: Parts,
  _kind: Kind,
  requestOf: (part: Part) => Extract<EnvironmentRequest, { type: Kind }>,
): Promise<[EnvironmentReplies[Kind], ...EnvironmentReplies[Kind][]]> {
  const replies = await Promise.all(parts.map((part) => part.thread.ask(requestOf(part))));
  return replies as [EnvironmentReplies[Kind], ...EnvironmentReplies[Kind][]];
}

async function endAll(parts: Parts): Promise<void> {
  await Promise.all(parts.map(({ thread }) => thread.close()));
}

function ended(reason: string): CpcError {
  return new CpcError({
    where: 'environment thread',
    expected: 'a thread that steps its copies until the environment is closed',
    received: `its early end: ${reason}`,
    fix: 'Step the copies in one thread (createBuiltInEnvironment or vectorise) to see what fails there.',
  });
}

const mostThreads = 64;

function requireThreads(received: number): void {
  if (Number.isInteger(received) && received >= 1 && received <= mostThreads) return;
  const expected = `threads to be a whole number from 1 to ${mostThreads}`;
  throw new CpcArgumentError({ where: 'createThreadedEnvironment', argument: 'threads', expected, received });
}
