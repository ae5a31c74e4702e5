import { createRandom } from '@cpc/base';
import { createToyDomain } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import {
  type BatchMaker,
  type BatchSource,
  batchesInThread,
  batchOf,
  createBatchQueue,
  type MadeBatch,
} from './batches.js';
import type { DamagedInput } from './domain.js';

interface Asked {
  readonly seed: number;
  readonly step: number;
  readonly answer: () => void;
  readonly fail: () => void;
}

const stepOf = ({ inputs }: MadeBatch) => inputs.step?.data[0];

/** A source that answers when the test says so. */
function sourceByHand(ahead: number): { readonly source: BatchSource; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const batch = (seed: number, step: number) =>
    new Promise<MadeBatch>((resolve, reject) => {
      const inputs = { step: { shape: [1], data: Int32Array.of(step) } };
      const answer = () => resolve({ inputs, damaged: [] });
      asked.push({ seed, step, answer, fail: () => reject(new Error(`no batch ${step}`)) });
    });
  return { source: { ahead, batch }, asked };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('a queue of batches', () => {
  it('gives 4 batches in the order of their steps, though they are made in the reverse one', async () => {
    const { source, asked } = sourceByHand(4);
    const queue = createBatchQueue(source, { seed: 7, first: 5, last: 8 });
    const batches = [queue.next(), queue.next(), queue.next(), queue.next()];
    for (const { answer } of asked.reverse()) {
      answer();
      await turn();
    }
    expect((await Promise.all(batches)).map(stepOf)).toEqual([5, 6, 7, 8]);
    expect(asked.map(({ seed }) => seed)).toEqual([7, 7, 7, 7]);
  });

  it('asks for 3 beyond the one in use where the source allows 3, and for none beyond the last', async () => {
    const { source, asked } = sourceByHand(3);
    const queue = createBatchQueue(source, { seed: 1, first: 1, last: 6 });
    const counts = [asked.length];
    for (let step = 0; step < 6; step++) {
      const batch = queue.next();
      asked[step]?.answer();
      await batch;
      counts.push(asked.length);
    }
    expect(counts).toEqual([3, 4, 5, 6, 6, 6, 6]);
    expect(asked.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('asks for no batch of a run that is over: step 9 of 8', () => {
    const { source, asked } = sourceByHand(2);
    createBatchQueue(source, { seed: 1, first: 9, last: 8 });
    expect(asked).toEqual([]);
  });

  it('keeps an error of step 2 until step 2 is wanted, and gives step 3 after it', async () => {
    const { source, asked } = sourceByHand(3);
    const queue = createBatchQueue(source, { seed: 1, first: 1, last: 3 });
    asked[1]?.fail();
    asked[0]?.answer();
    asked[2]?.answer();
    await turn(); // an error that nobody waits for would end the process here
    expect(stepOf(await queue.next())).toBe(1);
    await expect(queue.next()).rejects.toThrow('no batch 2');
    expect(stepOf(await queue.next())).toBe(3);
  });
});

describe('batches of this thread', () => {
  it('are those of batchOf, bit for bit, for 20 steps in any order', async () => {
    const source = batchesInThread(createToyDomain());
    for (const step of [20, 1, ...Array.from({ length: 18 }, (_, index) => index + 2)]) {
      const { inputs, damaged } = await source.batch(3, step);
      expect(inputs).toEqual(await batchOf(createToyDomain(), createRandom(3), step));
      expect(damaged).toEqual([]);
    }
  });

  it('of seeds 1 and 2, and of steps 1 and 2, are 4 different ones', async () => {
    const source = batchesInThread(createToyDomain());
    const [first, ...others] = await Promise.all(
      [1, 2].flatMap((seed) =>
        [1, 2].map(async (step) => String((await source.batch(seed, step)).inputs.points?.data)),
      ),
    );
    expect(new Set([first, ...others]).size).toBe(4);
  });

  /** Every draw finds one more damaged; the first two overlap. */
  function damagedMaker(found: DamagedInput[]): BatchMaker {
    const { draw, ...toy } = createToyDomain();
    return {
      ...toy,
      draw: async (random) => {
        const path = `${found.length + 1}.wav`;
        found.push({ path, reason: `${path}: cut off` });
        await turn();
        return draw(random);
      },
      damaged: () => found,
    };
  }

  it('tell of each damaged file once, and not of 1 that was known before', async () => {
    const source = batchesInThread(damagedMaker([{ path: '1.wav', reason: '1.wav: cut off' }]));
    const told = [];
    for (const step of [1, 2]) told.push((await source.batch(1, step)).damaged.map(({ path }) => path));
    expect(told).toEqual([['2.wav'], ['3.wav']]);
  });

  it('tell of 2 damaged files once each, though their 2 draws overlap', async () => {
    const source = batchesInThread(damagedMaker([]));
    const batches = await Promise.all([source.batch(1, 1), source.batch(1, 2)]);
    expect(batches.flatMap(({ damaged }) => damaged.map(({ path }) => path))).toEqual(['1.wav', '2.wav']);
  });
});
