import { createHash } from 'node:crypto';
import { CpcArgumentError, createRandom } from '@cpc/base';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createBuiltInEnvironment } from '../built-in.js';
import type { EnvironmentStep, Observations, VectorEnvironment } from '../environment.js';
import { createThreadedEnvironment, type ThreadedEnvironmentOptions } from './threaded-environment.js';

beforeAll(() => ensureBuilt('@cpc/environments'), 300_000); // threads run built files

const module = new URL('./fixtures/toy-environments.mjs', import.meta.url).href;

/** An environment that is closed with the test. */
async function start(options: ThreadedEnvironmentOptions): Promise<VectorEnvironment> {
  const environment = await createThreadedEnvironment(options);
  onTestFinished(() => environment.close());
  return environment;
}

const digest = (values: Observations) => createHash('sha1').update(new Uint8Array(values)).digest('hex');
const summary = ({ observations, finalObservations, ...rest }: EnvironmentStep) => ({
  ...rest,
  observations: digest(observations),
  finals: [...finalObservations].map(([copy, last]) => [copy, digest(last)]),
});

async function run(environment: VectorEnvironment, from: number, to: number) {
  const steps = [];
  for (let step = from; step < to; step++) {
    const random = createRandom(step);
    steps.push(summary(await environment.step(Int32Array.from({ length: 5 }, () => random.integer(9)))));
  }
  return steps;
}

describe('threads', () => {
  it.each([1, 2, 3])(
    'give, %i of them, what 5 copies of seekavoid_arena give in this thread, over 310 steps',
    async (threads) => {
      const here = createBuiltInEnvironment({ name: 'seekavoid_arena', copies: 5 });
      const there = await start({ source: { name: 'seekavoid_arena' }, copies: 5, threads });
      expect([there.name, there.spec, there.copies]).toEqual([here.name, here.spec, 5]);
      expect(digest(await there.reset(1))).toBe(digest(await here.reset(1)));
      const steps = await run(there, 0, 310); // an episode ends for all at 300
      expect(steps).toEqual(await run(here, 0, 310));
      expect(steps.flatMap(({ finals }) => finals)).toHaveLength(5);
    },
  );

  it('go on, 2 of them, from what 3 have saved', async () => {
    const source = { name: 'explore_goal_locations' };
    const three = await start({ source, copies: 5, threads: 3 });
    const two = await start({ source, copies: 5, threads: 2 });
    await three.reset(4);
    await run(three, 0, 30);
    const state = (await three.save?.()) ?? new Uint8Array();
    await two.restore?.(state);
    expect(await run(two, 30, 50)).toEqual(await run(three, 30, 50));
  });

  it('hold what a module exports, each copy with seeds of its own', async () => {
    const environment = await start({ source: { module, create: 'createCounter' }, copies: 3, threads: 2 });
    const first = await environment.reset(1);
    expect(new Set([first[0], first[2], first[4]]).size).toBe(3);
    for (let step = 0; step < 4; step++) await environment.step(new Int32Array(3));
    const last = await environment.step(new Int32Array(3));
    expect([...last.terminated]).toEqual([1, 1, 1]);
    expect([...last.finalObservations.keys()]).toEqual([0, 1, 2]);
    expect(last.finalObservations.get(2)).toEqual(Float32Array.of(first[4] ?? 0, 5));
  });
});

describe('what fails in a thread', () => {
  it('is the error that the environment threw, and the next step comes', async () => {
    const environment = await start({ source: { module, create: 'createCounter' }, copies: 2, threads: 2 });
    await environment.reset(1);
    await expect(environment.step(Int32Array.of(0, 1))).rejects.toThrow('counted too far');
    expect((await environment.step(Int32Array.of(0, 0))).rewards).toEqual(Float32Array.of(1, 1));
  });

  it('is its early end, with what to do', async () => {
    const environment = await createThreadedEnvironment({
      source: { module, create: 'createCounter' },
      copies: 2,
      threads: 2,
    });
    await environment.reset(1);
    await expect(environment.step(Int32Array.of(0, 2))).rejects.toThrow(
      /early end: exit code 3\. Step the copies in one/,
    );
    await environment.close();
  });

  it.each([
    ['createNothing', 'an object with name, spec, reset and step from createNothing'],
    ['createNowhere', 'a function createNowhere exported by'],
  ])('is a module whose %s makes no environment', async (create, message) => {
    await expect(createThreadedEnvironment({ source: { module, create }, copies: 1 })).rejects.toThrow(message);
  });

  it.each([
    [{ source: { name: 'nowhere' }, copies: 1 }, 'the name of a built-in environment: rooms_watermaze'],
    [{ source: { name: 'cart_pole' }, copies: 0 }, 'copies to be a whole number from 1'],
    [
      { source: { name: 'cart_pole' }, copies: 1, threads: 65 },
      'threads to be a whole number from 1 to 64, received 65',
    ],
  ])('is refused before: %j', async (options, message) => {
    const started = createThreadedEnvironment(options);
    await expect(started).rejects.toThrow(message);
    await expect(started).rejects.toSatisfy(CpcArgumentError.isInstance);
  });
});
