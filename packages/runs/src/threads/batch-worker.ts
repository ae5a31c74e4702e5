/** Entry of a thread that makes batches: opens the data once, then answers requests in the order in which they come. */
import { workerData } from 'node:worker_threads';
import { answerRequests, exportedFunction } from '@cpc/base/node';
import type { HostTensor, NamedHostTensors } from '@cpc/compile';
import { type BatchMaker, type BatchSource, batchesInThread, type MadeBatch } from '@cpc/core';
import type { BatchJob, BatchRequest } from './batch-messages.js';

const source = sourceOf(workerData);
source.catch(() => undefined); // every request is answered with the error

answerRequests<BatchRequest, MadeBatch>(async ({ seed, step }) => {
  const { inputs, damaged } = await (await source).batch(seed, step);
  const { tensors, buffers } = transferable(inputs);
  return { reply: { inputs: tensors, damaged }, transfer: buffers };
});

async function sourceOf({ module, open, request }: BatchJob): Promise<BatchSource> {
  const opener = await exportedFunction('batch worker', module, open);
  return batchesInThread((await opener(request)) as BatchMaker);
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
