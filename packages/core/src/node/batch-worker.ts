/** Entry of a thread that makes batches: opens the data once, then answers requests in the order in which they come. */
import { parentPort, workerData } from 'node:worker_threads';
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import { CpcError } from '../errors.js';
import { type BatchMaker, type BatchSource, batchesInThread } from '../training/batches.js';
import type { BatchJob, BatchReply, BatchRequest } from './batch-messages.js';
import { describeError } from './worker-errors.js';

type Open = (request: unknown) => BatchMaker | Promise<BatchMaker>;

const source = sourceOf(workerData);
source.catch(() => undefined); // every request is answered with the error
let answered = Promise.resolve();
parentPort?.on('message', (request: BatchRequest) => {
  answered = answered.then(() => answer(request));
});

async function sourceOf({ module, open, request }: BatchJob): Promise<BatchSource> {
  const exported: Record<string, unknown> = await import(module);
  const opener = exported[open];
  if (!isOpen(opener)) {
    const received = opener === undefined ? `no export ${open}` : opener;
    throw new CpcError({ where: 'batch worker', expected: `a function ${open} exported by ${module}`, received });
  }
  return batchesInThread(await opener(request));
}

function isOpen(value: unknown): value is Open {
  return typeof value === 'function';
}

async function answer({ id, seed, step }: BatchRequest): Promise<void> {
  try {
    const { inputs, damaged } = await (await source).batch(seed, step);
    const { tensors, buffers } = transferable(inputs);
    post({ type: 'made', id, batch: { inputs: tensors, damaged } }, buffers);
  } catch (error) {
    post({ type: 'failed', id, error: describeError(error) });
  }
}

function post(reply: BatchReply, buffers: ArrayBuffer[] = []): void {
  parentPort?.postMessage(reply, buffers);
}

/** Tensors whose buffers may leave this thread: one that is part of a larger buffer, or shared, is copied out of it first. */
function transferable(inputs: NamedHostTensors): { tensors: NamedHostTensors; buffers: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>();
  const owned = (data: HostTensor['data']): HostTensor['data'] => {
    const { buffer, byteLength } = data;
    const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffers.has(buffer);
    const kept = isWhole ? data : copyOf(data);
    buffers.add(kept.buffer as ArrayBuffer);
    return kept;
  };
  const tensors = Object.entries(inputs).map(([name, { shape, data }]) => [name, { shape, data: owned(data) }]);
  return { tensors: Object.fromEntries(tensors), buffers: [...buffers] };
}

/** A `slice` of a Node Buffer would be no copy, but the same memory. */
function copyOf(data: HostTensor['data']): HostTensor['data'] {
  return data instanceof Uint8Array ? Uint8Array.from(data) : data.slice();
}
