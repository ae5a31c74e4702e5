/** Clients that mean ill against the bridge: it stays below 500 MB, and serves others on. */
import { spawnSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeRequest } from '../../dm-env-rpc/messages.js';
import { tensorOf } from '../../dm-env-rpc/tensors.js';
import { connectRpc, processPath } from './connection.js';
import { createRpcEnvironment } from './rpc-environment.js';
import { bridgeMegabytes, startBridge } from './test-support/bridge-process.js';

const { status } = spawnSync(process.env.CPC_PYTHON ?? 'python3', ['-c', 'import grpc, grpc_tools, numpy, gymnasium']);
const canRun = status === 0 && process.platform === 'linux';

/** Sends bytes as a request; what became of it is not looked at. */
async function sendBytes(address: string, bytes: Buffer): Promise<void> {
  const client = new Client(address, credentials.createInsecure(), {
    ...{ 'grpc.max_send_message_length': -1, 'grpc.use_local_subchannel_pool': 1 },
  });
  onTestFinished(() => client.close());
  const same = (given: Buffer) => given;
  const stream = client.makeBidiStreamRequest(processPath, same, same);
  await new Promise<void>((resolve) => {
    for (const event of ['data', 'error', 'end']) stream.on(event, () => resolve());
    stream.write(bytes);
  });
  stream.cancel();
}

const reset = (shape: number[]) =>
  Buffer.from(
    encodeRequest({ type: 'reset', settings: new Map([['seed', tensorOf('double', shape, Float64Array.of(1))]]) }),
  );

const attacks: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
  '8 messages of 200 MiB': async (address) => {
    const bytes = Buffer.alloc(200 * 2 ** 20, 10);
    for (let sent = 0; sent < 8; sent++) await sendBytes(address, bytes);
  },
  '64 messages of 4 MB in two-byte fields at once': (address) =>
    Promise.all(Array.from({ length: 64 }, () => sendBytes(address, Buffer.alloc(4_000_000, 8)))),
  'settings of the shapes [100000, 100000], [-1, -1] and [2147483647]': async (address) => {
    for (const shape of [[100_000, 100_000], [-1, -1], [2 ** 31 - 1]]) await sendBytes(address, reset(shape));
  },
  '200 connections that say nothing, or half a greeting': async (address) => {
    const port = Number(address.split(':').at(-1));
    const sockets = Array.from({ length: 200 }, (_, number): Socket => {
      const socket = connect(port, 'localhost');
      socket.on('error', () => undefined);
      if (number % 2 === 0) socket.write('PRI * HTTP/2.0\r\n');
      onTestFinished(() => void socket.destroy());
      return socket;
    });
    await sleep(1000);
    return sockets;
  },
  '300 connections that make a world each and are cut off': (address) =>
    Promise.all(
      Array.from({ length: 300 }, async () => {
        const connection = connectRpc({ address });
        await connection.send({ type: 'createWorld', settings: new Map() });
        connection.close();
      }),
    ),
};

describe.skipIf(!canRun)('the bridge under', () => {
  it.each(Object.entries(attacks))(
    '%s stays below 500 MB, and serves another client',
    async (_, attack) => {
      const { address } = await startBridge({ environment: { gymnasium: 'CartPole-v1' } });
      await attack(address);
      const environment = await createRpcEnvironment({ address, copies: 1, timeoutSeconds: 10 });
      expect(await environment.reset(1)).toHaveLength(4);
      await environment.close();
      const megabytes = bridgeMegabytes();
      expect({ isSmall: megabytes < 500, megabytes }).toMatchObject({ isSmall: true });
    },
    120_000,
  );
});
