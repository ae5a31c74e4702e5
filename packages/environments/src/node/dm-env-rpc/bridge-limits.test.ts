/** What clients may not make the bridge do, and what it does with those that are gone. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRpc } from './connection.js';
import { createRpcEnvironment } from './rpc-environment.js';
import { bridgePid, pythonModules, startBridge } from './test-support/bridge-process.js';

const { status } = spawnSync(process.env.CPC_PYTHON ?? 'python3', ['-c', 'import grpc, grpc_tools, numpy, gymnasium']);
const cartPole = { gymnasium: 'CartPole-v1' } as const;
const createWorld = { type: 'createWorld', settings: new Map() } as const;
const joinWorld = (worldName: string) => ({ type: 'joinWorld', worldName, settings: new Map() }) as const;

function connect(address: string) {
  const connection = connectRpc({ address, timeoutSeconds: 20 });
  onTestFinished(() => connection.close());
  return connection;
}

/** An environment that notes in a file that it was closed, and cannot be closed where its number is 0. */
const closing = `
import os, gymnasium, numpy as np
import worlds, tensors, serve, bridge, idle
assert worlds.MINE and tensors.MINE and serve.MINE and bridge.MINE and idle.MINE
class Closing(gymnasium.Env):
    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(-1, 1, (3,))
    made = 0
    def __init__(self):
        self.number = Closing.made
        Closing.made += 1
    def reset(self, seed=None, options=None):
        return np.zeros(3, 'f4'), {}
    def step(self, action):
        return np.zeros(3, 'f4'), 1.0, False, False, {}
    def close(self):
        if self.number == 0: raise RuntimeError('stuck')
        open(os.path.join(os.path.dirname(__file__), f'closed-{self.number}'), 'w').close()
gymnasium.register('Closing-v0', Closing, disable_env_checker=True)
`;
const own = 'MINE = True\n';
const modules = { closing, worlds: own, tensors: own, serve: own, bridge: own, idle: own };

describe.skipIf(status !== 0)('the bridge', () => {
  it('ends a connection that asks for nothing for 1 s, destroys its world, and serves one that asks', async () => {
    const { address } = await startBridge({ environment: cartPole, idleSeconds: 1 });
    const [idle, busy] = [connect(address), connect(address)];
    const { worldName } = await idle.send(createWorld);
    await busy.send(createWorld);
    for (let asked = 0; asked < 12; asked++) {
      await sleep(200);
      await expect(busy.send(joinWorld('none'))).rejects.toThrow(/NOT_FOUND/);
    }
    await expect(idle.send(createWorld)).rejects.toThrow(/CANCELLED.*--idle-seconds of serve.py/);
    await expect(busy.send(joinWorld(worldName))).rejects.toThrow(/NOT_FOUND/);
  });

  it('refuses a third connection of 2 at once, naming the option that allows more', async () => {
    const { address } = await startBridge({ environment: cartPole, connections: 2 });
    const first = [connect(address), connect(address)];
    for (const connection of first) await connection.send(createWorld);
    await expect(connect(address).send(createWorld)).rejects.toThrow(/RESOURCE_EXHAUSTED.*--connections of serve.py/);
    first[0]?.close();
    await sleep(500);
    await expect(connect(address).send(createWorld)).resolves.toMatchObject({ type: 'createWorld' });
  });

  it('refuses the 65th world of a connection, and makes it once another is destroyed', async () => {
    const { address } = await startBridge({ environment: cartPole });
    const connection = connect(address);
    const worlds = await Promise.all(Array.from({ length: 64 }, () => connection.send(createWorld)));
    await expect(connection.send(createWorld)).rejects.toThrow(/RESOURCE_EXHAUSTED.*64 worlds/);
    await connection.send({ type: 'destroyWorld', worldName: worlds[0]?.worldName ?? '' });
    await expect(connection.send(createWorld)).resolves.toMatchObject({ type: 'createWorld' });
  });

  it('lets 1 of 16 connections join a world that all want at once', async () => {
    const { address } = await startBridge({ environment: cartPole });
    const connections = Array.from({ length: 16 }, () => connect(address));
    const { worldName } = (await connections[0]?.send(createWorld)) ?? { worldName: '' };
    const joined = await Promise.allSettled(connections.map((connection) => connection.send(joinWorld(worldName))));
    expect(joined.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });

  it('leaves 5 modules of its own names to an environment, and closes 2 worlds after one that cannot be closed', async () => {
    const folder = pythonModules(modules);
    const { address } = await startBridge({ environment: { gymnasium: 'closing:Closing-v0' } }, folder);
    const connection = connect(address);
    for (let made = 0; made < 3; made++) await connection.send(createWorld);
    connection.close();
    for (let waited = 0; waited < 50 && !existsSync(join(folder, 'closed-2')); waited++) await sleep(100);
    expect(['closed-1', 'closed-2'].map((name) => existsSync(join(folder, name)))).toEqual([true, true]);
  });

  it.skipIf(process.platform !== 'linux')('answers after 1 SIGINT, which a terminal sends to it too', async () => {
    const { address } = await startBridge({ environment: cartPole });
    process.kill(bridgePid(), 'SIGINT');
    await sleep(300);
    const environment = await createRpcEnvironment({ address, copies: 1, timeoutSeconds: 20 });
    expect(await environment.reset(1)).toHaveLength(4);
    await environment.close();
  });
});
