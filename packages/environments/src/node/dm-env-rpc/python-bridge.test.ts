import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CpcError, createRandom } from '@cpc/base';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { checkEnvironment } from '../../check/check-environment.js';
import { requests } from '../../dm-env-rpc/test-support/sample-messages.js';
import { connectRpc } from './connection.js';
import { labActionNames, type PythonBridge, startPythonBridge } from './python-bridge.js';
import { createRpcEnvironment } from './rpc-environment.js';

const python = process.env.CPC_PYTHON ?? 'python3';

/** Why a test of the bridge cannot run; undefined if it can. */
function missing(...modules: string[]): string | undefined {
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`]);
  return status === 0 ? undefined : `${python} lacks one of ${modules.join(', ')}`;
}

const withoutGymnasium = missing('grpc', 'grpc_tools', 'numpy', 'gymnasium');
const withoutGrpc = missing('grpc', 'grpc_tools', 'numpy');

describe.skipIf(withoutGymnasium !== undefined)(`Gymnasium behind the bridge (${withoutGymnasium ?? 'there'})`, () => {
  let bridge: PythonBridge;
  beforeAll(async () => {
    bridge = await startPythonBridge({ environment: { gymnasium: 'CartPole-v1' }, python });
  }, 60_000);
  afterAll(() => bridge?.stop());

  const open = async (copies: number) => {
    const environment = await createRpcEnvironment({ address: bridge.address, copies, repeatable: true });
    onTestFinished(() => environment.close());
    return environment;
  };

  it('is cart-pole with 2 actions and 4 numbers, that keeps all rules and repeats by seed, 3 copies of it', async () => {
    const environment = await open(3);
    expect(environment.spec).toMatchObject({
      observation: { shape: [4], dtype: 'float32' },
      actions: ['action 0', 'action 1'],
    });
    expect(await checkEnvironment(environment, { steps: 120 })).toEqual({ problems: [], unchecked: [] });
  });

  it('falls by itself after fewer than 15 pushes to one side', async () => {
    const environment = await open(1);
    await environment.reset(3);
    for (let steps = 1; ; steps++) {
      const { terminated, rewards } = await environment.step(Int32Array.of(1));
      expect(rewards[0]).toBe(1);
      if (terminated[0] !== 1) continue;
      expect(steps).toBeLessThan(15);
      break;
    }
  });

  it('moves as the built-in cart-pole does, to 1e-5', async () => {
    const environment = await open(1);
    const [position = 0, speed = 0, angle = 0, turning = 0] = await environment.reset(1);
    const { observations } = await environment.step(Int32Array.of(1));
    const pushed = (10 + 0.05 * turning ** 2 * Math.sin(angle)) / 1.1;
    const change =
      (9.8 * Math.sin(angle) - Math.cos(angle) * pushed) / (0.5 * (4 / 3 - (0.1 * Math.cos(angle) ** 2) / 1.1));
    expect(observations[0]).toBeCloseTo(position + 0.02 * speed, 5);
    expect(observations[3]).toBeCloseTo(turning + 0.02 * change, 5);
  });

  it.each([
    [
      'a step before a join',
      { type: 'step', actions: new Map(), requested: [] } as const,
      'FAILED_PRECONDITION: this connection has joined no world',
    ],
    ['a world that is not there', { type: 'joinWorld', worldName: 'x', settings: new Map() } as const, 'NOT_FOUND'],
  ])('answers %s with an error, and the next request as it should', async (_, request, message) => {
    const connection = connectRpc({ address: bridge.address, timeoutSeconds: 20 });
    onTestFinished(() => connection.close());
    await expect(connection.send(request)).rejects.toThrow(message);
    await expect(connection.send({ type: 'createWorld', settings: new Map() })).resolves.toMatchObject({
      type: 'createWorld',
    });
  });

  it('answers requests of every kind and type of tensor, and an action out of range, with answers or errors', async () => {
    const connection = connectRpc({ address: bridge.address, timeoutSeconds: 20 });
    onTestFinished(() => connection.close());
    for (const request of requests) {
      const [result] = await Promise.allSettled([connection.send(request)]);
      if (result.status === 'rejected') expect(result.reason).toSatisfy(CpcError.isInstance);
    }
    const { worldName } = await connection.send({ type: 'createWorld', settings: new Map() });
    await connection.send({ type: 'joinWorld', worldName, settings: new Map() });
    const nine = { type: 'int32' as const, shape: [], values: Int32Array.of(9) };
    const step = { type: 'step' as const, actions: new Map([[1n, nine]]), requested: [] };
    expect(await connection.send(step)).toMatchObject({ state: 'running' }); // the first step ignores actions
    await expect(connection.send(step)).rejects.toThrow('INVALID_ARGUMENT: action takes 0 to 1, not 9');
  });

  it('answers 2,000 steps sent at once, in order', async () => {
    const connection = connectRpc({ address: bridge.address, timeoutSeconds: 60 });
    onTestFinished(() => connection.close());
    const { worldName } = await connection.send({ type: 'createWorld', settings: new Map() });
    await connection.send({ type: 'joinWorld', worldName, settings: new Map() });
    const random = createRandom(1);
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, () => {
        const values = Int32Array.of(random.integer(2));
        return connection.send({
          type: 'step',
          actions: new Map([[1n, { type: 'int32', shape: [], values }]]),
          requested: [2n],
        });
      }),
    );
    expect(answers.filter(({ state }) => state === 'terminated').length).toBeGreaterThan(20);
    expect(answers[0]).toMatchObject({ state: 'running' });
  });

  it('says why an environment that Gymnasium lacks cannot be created', async () => {
    const other = await startPythonBridge({ environment: { gymnasium: 'Nothing-v0' }, python });
    onTestFinished(() => other.stop());
    await expect(createRpcEnvironment({ address: other.address, copies: 1 })).rejects.toThrow(/INTERNAL: NameNotFound/);
  });
});

describe.skipIf(withoutGrpc !== undefined)(
  `a level of DeepMind Lab behind the bridge (${withoutGrpc ?? 'a stand-in'})`,
  () => {
    it('has nine actions, 72 x 96 x 3 pixels, four frames a step, and levels that are built once', async () => {
      const levelCache = mkdtempSync(join(tmpdir(), 'levels-'));
      onTestFinished(() => rmSync(levelCache, { recursive: true }));
      const path = process.env.PYTHONPATH;
      process.env.PYTHONPATH = fileURLToPath(new URL('./fixtures/fake-lab', import.meta.url));
      const bridge = await startPythonBridge({
        environment: { lab: 'contributed/dmlab30/rooms_watermaze', levelCache },
        python,
      });
      onTestFinished(() => bridge.stop());
      if (path === undefined) delete process.env.PYTHONPATH;
      else process.env.PYTHONPATH = path;
      const settings = {
        address: bridge.address,
        copies: 1,
        actionNames: labActionNames,
        actionRepeat: 4,
        repeatable: true,
      };
      const first = await createRpcEnvironment(settings);
      onTestFinished(() => first.close());
      expect(readdirSync(levelCache)).toEqual(['contributed_dmlab30_rooms_watermaze']);
      expect((await first.reset(1))[2]).toBe(0); // built
      const second = await createRpcEnvironment(settings);
      onTestFinished(() => second.close());
      expect((await second.reset(1))[2]).toBe(255); // from the cache
      expect(second.spec).toMatchObject({
        observation: { shape: [72, 96, 3], dtype: 'uint8' },
        actions: labActionNames,
      });
      const turned = await second.step(Int32Array.of(labActionNames.indexOf('forward_look_left_20')));
      expect([...turned.observations.slice(288, 294)]).toEqual([236, 0, 0, 1, 0, 0]); // 236 stands for -20
      expect(turned.rewards[0]).toBe(2);
      expect((await checkEnvironment(second, { steps: 12 })).problems).toEqual([]);
    });
  },
);

it('says what is missing where there is no such Python', async () => {
  const started = startPythonBridge({ environment: { gymnasium: 'CartPole-v1' }, python: 'no-such-python' });
  await expect(started).rejects.toThrow(/ENOENT.* It needs Python with grpcio-tools/);
});
