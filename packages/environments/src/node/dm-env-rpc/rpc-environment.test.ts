import { CpcError, createRandom } from '@cpc/base';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkEnvironment } from '../../check/check-environment.js';
import { encodeResponse } from '../../dm-env-rpc/messages.js';
import { type Tensor, tensorOf } from '../../dm-env-rpc/tensors.js';
import { damagedOrRandom, responses } from '../../dm-env-rpc/test-support/sample-messages.js';
import { connectRpc } from './connection.js';
import { createRpcEnvironment, type RpcEnvironmentOptions } from './rpc-environment.js';
import { type CountingOptions, startCountingServer } from './test-support/counting-server.js';

async function serve(options: CountingOptions = {}) {
  const server = await startCountingServer(options);
  onTestFinished(() => server.stop());
  return server;
}

async function open(server: { address: string }, options: Partial<RpcEnvironmentOptions> = {}) {
  const environment = await createRpcEnvironment({ address: server.address, copies: 1, ...options });
  onTestFinished(() => environment.close());
  return environment;
}

const increments = (...actions: number[]) => Int32Array.from(actions, (action) => action + 1); // -1 is action 0

describe('an environment behind dm_env_rpc', () => {
  it('has the actions of the range -1 to 2 and the one observation that is no reward', async () => {
    const environment = await open(await serve());
    expect(environment.spec).toEqual({
      observation: { shape: [2], dtype: 'float32' },
      actions: ['increment -1', 'increment 0', 'increment 1', 'increment 2'],
      actionRepeat: 1,
    });
  });

  it('counts up by the actions, gives their rewards, and starts anew at the third step', async () => {
    const environment = await open(await serve());
    const [start = 0] = await environment.reset(1);
    const first = await environment.step(increments(2));
    expect([...first.observations]).toEqual([start + 2, 1]);
    expect([...first.rewards]).toEqual([2]);
    await environment.step(increments(-1));
    const last = await environment.step(increments(0));
    expect([last.terminated[0], last.truncated[0]]).toEqual([1, 0]);
    expect([...(last.finalObservations.get(0) ?? [])]).toEqual([start + 1, 3]);
    expect(last.observations[1]).toBe(0);
    expect(last.observations[0]).not.toBe(start); // another seed
  });

  it('is truncated where its sequence ends with a discount of 1', async () => {
    const environment = await open(await serve({ length: 1, lastDiscount: 1 }));
    await environment.reset(1);
    const { terminated, truncated } = await environment.step(increments(0));
    expect([terminated[0], truncated[0]]).toEqual([0, 1]);
  });

  it('sends a reset and the step behind it together, with a seed and no actions', async () => {
    const server = await serve({ answer: (request) => (request.type === 'reset' ? 'silence' : undefined) });
    const environment = await open(server, { timeoutSeconds: 1 });
    await expect(environment.reset(1)).rejects.toThrow();
    expect(server.requests.slice(2).map(({ type }) => type)).toEqual(['reset', 'step']);
    const [, , reset, step] = server.requests;
    expect(reset).toMatchObject({ settings: new Map([['seed', expect.objectContaining({ type: 'int64' })]]) });
    expect(step).toMatchObject({ actions: new Map(), requested: [10n, 11n, 12n] });
  });

  it('can reset the world, which interrupts the step after it', async () => {
    const server = await serve();
    const environment = await open(server, { resets: 'world' });
    const [start, steps] = await environment.reset(1);
    expect(steps).toBe(0);
    expect([...(await environment.step(increments(1))).observations]).toEqual([(start ?? 0) + 1, 1]);
    expect(server.requests.slice(2, 6).map(({ type }) => type)).toEqual(['resetWorld', 'step', 'step', 'step']);
  });

  it('creates a world for each of 3 copies, and leaves and destroys them at the end', async () => {
    const server = await serve();
    const environment = await createRpcEnvironment({ address: server.address, copies: 3 });
    expect(server.worlds.size).toBe(3);
    await environment.close();
    expect(server.worlds.size).toBe(0);
    expect(server.requests.filter(({ type }) => type === 'leaveWorld')).toHaveLength(3);
  });

  it('joins a world that is there, with settings, and leaves it standing', async () => {
    const server = await serve();
    server.worlds.add('old world');
    const environment = await createRpcEnvironment({
      ...{ address: server.address, copies: 1, world: { join: 'old world' } },
      joinSettings: { fast: true, level: 'a', speed: 0.5, lives: 3 },
    });
    await environment.close();
    expect(server.worlds).toContain('old world');
    const [join] = server.requests;
    const settings = join?.type === 'joinWorld' ? [...join.settings].map(([name, { type }]) => [name, type]) : [];
    expect(settings).toEqual([
      ['fast', 'bool'],
      ['level', 'string'],
      ['speed', 'double'],
      ['lives', 'int64'],
    ]);
  });

  it('takes actions of any tensors by name', async () => {
    const server = await serve();
    const actions = [
      { name: 'stay', tensors: {} },
      { name: 'up', tensors: { increment: 2 } },
    ];
    const environment = await open(server, { actions });
    expect(environment.spec.actions).toEqual(['stay', 'up']);
    await environment.reset(1);
    expect([...(await environment.step(Int32Array.of(1))).rewards]).toEqual([2]);
    expect([...(await environment.step(Int32Array.of(0))).rewards]).toEqual([0]);
  });

  it('keeps all rules for 2 copies, saving included where it repeats', async () => {
    const environment = await open(await serve(), { copies: 2, repeatable: true });
    expect(await checkEnvironment(environment, { steps: 20 })).toEqual({ problems: [], unchecked: [] });
    expect((await open(await serve())).save).toBeUndefined();
  });
});

describe('what fails', () => {
  it('is a server that is not there, with its address', async () => {
    const opened = createRpcEnvironment({ address: 'localhost:1', copies: 1 });
    await expect(opened).rejects.toThrow(/dm_env_rpc server at localhost:1: .* received UNAVAILABLE/);
    await expect(opened).rejects.toSatisfy(CpcError.isInstance);
  });

  it('is an error of the server, with its code by name', async () => {
    const server = await serve();
    const opened = createRpcEnvironment({ address: server.address, copies: 1, world: { join: 'nowhere' } });
    await expect(opened).rejects.toThrow('expected joinWorld to succeed, received NOT_FOUND: no world nowhere');
  });

  it.each<[string, CountingOptions['answer'], string]>([
    ['silence', ({ type }) => (type === 'step' ? 'silence' : undefined), 'an answer to step within 1 s, received none'],
    ['an end', ({ type }) => (type === 'step' ? 'end' : undefined), 'its end by the server'],
    [
      'another answer',
      ({ type }) => (type === 'step' ? encodeResponse({ type: 'leaveWorld' }) : undefined),
      'an answer to step, received one to leaveWorld',
    ],
    ['no message', ({ type }) => (type === 'step' ? Uint8Array.of(255, 255) : undefined), 'answer to step: expected'],
    [
      'no observations',
      ({ type }) => (type === 'step' ? stepWith([]) : undefined),
      'the observation 10 that was asked for',
    ],
    [
      'another shape',
      ({ type }) => (type === 'step' ? stepWith([[10n, floats(1, 2, 3)]]) : undefined),
      'count to be float [2], received float [3]',
    ],
    [
      'an end at the start',
      ({ type }) => (type === 'step' ? stepWith([], 'terminated') : undefined),
      'received one that is terminated',
    ],
  ])('is %s in the place of a step', async (_, answer, message) => {
    const environment = await open(await serve({ answer }), { timeoutSeconds: 1 });
    await expect(environment.reset(1)).rejects.toThrow(message);
  });

  it('is a reward that is not a number', async () => {
    const reward: Tensor = { type: 'double', shape: [], values: Float64Array.of(Number.NaN) };
    const wrong = stepWith([
      [10n, floats(1, 2)],
      [11n, reward],
    ]);
    let steps = 0;
    const answer: CountingOptions['answer'] = ({ type }) => (type === 'step' && steps++ > 0 ? wrong : undefined);
    const environment = await open(await serve({ answer }));
    await environment.reset(1);
    await expect(environment.step(increments(1))).rejects.toThrow('one finite number each');
  });

  it.each<[string, Partial<RpcEnvironmentOptions>, string]>([
    [
      'an observation that there is not',
      { observation: 'pixels' },
      'an observation pixels, received count, reward, discount',
    ],
    [
      'an action tensor that there is not',
      { actions: [{ name: 'up', tensors: { y: 1 } }] },
      'an action tensor y for up, received increment',
    ],
    ['too few names', { actionNames: ['a', 'b'] }, 'a name for each of 4 actions, received 2 names'],
  ])('is %s', async (_, options, message) => {
    const server = await serve();
    await expect(createRpcEnvironment({ address: server.address, copies: 1, ...options })).rejects.toThrow(message);
  });
});

function floats(...values: number[]): Tensor {
  return { type: 'float', shape: [values.length], values: Float32Array.from(values) };
}

function stepWith(observations: [bigint, Tensor][], state: 'running' | 'terminated' = 'running'): Uint8Array {
  return encodeResponse({ type: 'step', state, observations: new Map(observations) });
}

describe('a server that is silent at a step', () => {
  const silentAtSteps: CountingOptions = { answer: ({ type }) => (type === 'step' ? 'silence' : undefined) };

  it('fails the step once a stop is requested, 300 s before the time-out, and what comes after at once', async () => {
    const controller = new AbortController();
    const environment = await open(await serve(silentAtSteps), { signal: controller.signal });
    const failed = expect(environment.reset(1)).rejects.toThrow(/an answer to step, received a request to stop/);
    controller.abort();
    await failed;
    await expect(environment.reset(1)).rejects.toThrow(/a request to stop/);
  });

  it('is not opened where a stop was requested before', async () => {
    const { address } = await serve({ answer: () => 'silence' });
    const opened = createRpcEnvironment({ address, copies: 2, signal: AbortSignal.abort() });
    await expect(opened).rejects.toThrow(/an answer to createWorld, received a request to stop/);
  });

  it('is left after 1 s, 300 s before the time-out, where it does not answer the farewell either', async () => {
    const silent: CountingOptions = { answer: ({ type }) => (type === 'leaveWorld' ? 'silence' : undefined) };
    const { address } = await serve(silent);
    const environment = await createRpcEnvironment({ address, copies: 2 });
    await environment.close();
    await expect(environment.reset(1)).rejects.toThrow(/one that was closed/);
  });
});

it('names the server in an error about its answer, and quotes 500 characters of what it says in one line', async () => {
  const message = '\n'.repeat(10_000);
  const server = await serve({ answer: () => encodeResponse({ type: 'error', code: 7, message }) });
  const opened = createRpcEnvironment({ address: server.address, copies: 1 });
  await expect(opened).rejects.toThrow(
    `dm_env_rpc server at ${server.address}: expected createWorld to succeed, received PERMISSION_DENIED: ${'\\n'.repeat(500)}… (10000 characters)`,
  );
  const damaged = await serve({ answer: () => Uint8Array.of(7) });
  await expect(createRpcEnvironment({ address: damaged.address, copies: 1 })).rejects.toThrow(
    `dm_env_rpc server at ${damaged.address}, answer to createWorld: expected`,
  );
});

it('refuses an answer of 33 MiB to one of 2 copies, saying what all of them may receive, and takes it for 1', async () => {
  const observation = tensorOf('float', [33 * 2 ** 18], new Float32Array(33 * 2 ** 18));
  const large = encodeResponse({ type: 'step', state: 'running', observations: new Map([[10n, observation]]) });
  const server = await serve({ answer: ({ type }) => (type === 'step' ? large : undefined) });
  const asked = async (copies: number) => {
    const environment = await createRpcEnvironment({ address: server.address, copies });
    onTestFinished(() => environment.close());
    return environment.reset(1);
  };
  await expect(asked(2)).rejects.toThrow(/RESOURCE_EXHAUSTED.*at most 64 MiB a step: play fewer \(--set copies=N\)/);
  await expect(asked(1)).rejects.toThrow(/observation count to be float \[2\]/);
});

it('a stream of 30,000 random and damaged answers is 30,000 answers or errors, in order, and stays open', async () => {
  const random = createRandom(2);
  const whole = responses.map(encodeResponse);
  const count = 30_000;
  const answer: CountingOptions['answer'] = (_, number) =>
    number < count ? damagedOrRandom(whole[number % whole.length] ?? new Uint8Array(), number, random) : undefined;
  const server = await serve({ answer });
  const connection = connectRpc({ address: server.address, timeoutSeconds: 60 });
  onTestFinished(() => connection.close());
  let refused = 0;
  for (let sent = 0; sent < count; sent += 500) {
    const answers = Array.from({ length: 500 }, () => connection.send({ type: 'leaveWorld' }));
    for (const result of await Promise.allSettled(answers)) {
      if (result.status === 'fulfilled') continue;
      refused++;
      expect(CpcError.isInstance(result.reason)).toBe(true);
    }
  }
  expect(refused).toBeGreaterThan(20_000);
  expect(await connection.send({ type: 'leaveWorld' })).toEqual({ type: 'leaveWorld' });
}, 120_000);
