import { describe, expect, it } from 'vitest';

import { type Checkpoint, createMemoryCheckpointStore } from './checkpoint-store.js';

function checkpointAt(step: number): Checkpoint {
  return { step, tensors: { kernel: { shape: [1], data: Float32Array.of(step) } }, metadata: { step: `${step}` } };
}

describe('a store in memory', () => {
  it('has no latest checkpoint before the first save', async () => {
    expect(await createMemoryCheckpointStore().latest()).toBeUndefined();
  });

  it('keeps the newest 3 of 5', async () => {
    const store = createMemoryCheckpointStore();
    for (const step of [1, 2, 3, 4, 5]) await store.save(checkpointAt(step));
    expect((await store.list()).map(({ step }) => step)).toEqual([3, 4, 5]);
    expect(await store.latest()).toEqual(checkpointAt(5));
  });

  it('forgets steps 2 and 3 when a run that went back saves step 2', async () => {
    const store = createMemoryCheckpointStore();
    for (const step of [1, 2, 3, 2]) await store.save(checkpointAt(step));
    expect((await store.list()).map(({ step }) => step)).toEqual([1, 2]);
  });

  it('shares no memory with the arrays it was given or gives', async () => {
    const store = createMemoryCheckpointStore();
    const given = checkpointAt(1);
    await store.save(given);
    given.tensors.kernel?.data.fill(0);
    (await store.latest())?.tensors.kernel?.data.fill(0);
    expect(await store.latest()).toEqual(checkpointAt(1));
  });
});
