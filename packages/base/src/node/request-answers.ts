/** The side of a request thread (`request-thread.ts`) that does the work: answers requests in the order in which they come. */
import { parentPort } from 'node:worker_threads';
import { CpcError } from '../errors.js';
import type { NumberedReply, NumberedRequest } from './request-thread.js';
import { describeError } from './worker-errors.js';

export interface Answer<Reply> {
  readonly reply: Reply;
  /** Buffers of the reply that leave this thread: each once. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** Called once in the thread's module. A request whose answer fails is answered with the error; the next one is answered all the same. */
export function answerRequests<Request, Reply>(answer: (request: Request) => Promise<Answer<Reply>>): void {
  let answered = Promise.resolve();
  parentPort?.on('message', ({ id, request }: NumberedRequest<Request>) => {
    answered = answered.then(async () => {
      try {
        const { reply, transfer } = await answer(request);
        post({ type: 'answered', id, reply }, transfer);
      } catch (error) {
        post({ type: 'failed', id, error: describeError(error) });
      }
    });
  });
}

function post<Reply>(reply: NumberedReply<Reply>, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, transfer);
}

/**
 * A function that a module exports, for threads that are told by name what to run.
 *
 * @param where - names the thread in errors.
 * @throws {CpcError} if the module exports no such function; what loading it threw.
 */
export async function exportedFunction(
  where: string,
  module: string,
  name: string,
): Promise<(...request: unknown[]) => unknown> {
  const exported: Record<string, unknown> = await import(module);
  const found = exported[name];
  if (isFunction(found)) return found;
  const received = found === undefined ? `no export ${name}` : found;
  throw new CpcError({ where, expected: `a function ${name} exported by ${module}`, received });
}

function isFunction(value: unknown): value is (...request: unknown[]) => unknown {
  return typeof value === 'function';
}
