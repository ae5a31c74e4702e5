/** A session of ONNX Runtime whose failures say what to do, and which may be disposed of more than once. */

import { CompileError } from '@cpc/base';
import type { InferenceSession } from 'onnxruntime-common';

type Values = InferenceSession.OnnxValueMapType;

export class GuardedSession {
  readonly inputNames: ReadonlySet<string>;
  readonly #maker: string;
  readonly #session: InferenceSession;
  #released: Promise<void> | undefined;

  /** @param maker - the function that makes such sessions, for messages. */
  constructor(maker: string, session: InferenceSession) {
    this.#maker = maker;
    this.#session = session;
    this.inputNames = new Set(session.inputNames);
  }

  /** @throws {CompileError} after dispose(). */
  requireAlive(): void {
    if (this.#released === undefined) return;
    throw new CompileError(`run: used after dispose(). Make another with ${this.#maker}, or dispose of it later.`);
  }

  /** @param into - tensors to write outputs into. */
  async run(feeds: Values, into?: Values): Promise<Values> {
    this.requireAlive();
    try {
      return await (into === undefined ? this.#session.run(feeds) : this.#session.run(feeds, into));
    } catch (error) {
      throw failure('run', error);
    }
  }

  /** Frees the session, once. */
  dispose(): Promise<void> {
    this.#released ??= this.#session.release().catch((error: unknown) => {
      throw failure('dispose', error);
    });
    return this.#released;
  }
}

function failure(where: string, error: unknown): unknown {
  if (CompileError.isInstance(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CompileError(
    `${where}: ONNX Runtime failed: ${reason}. The message names the node: find it with toText(graph). ` +
      'If memory ran out, make the batch smaller.',
  );
}
