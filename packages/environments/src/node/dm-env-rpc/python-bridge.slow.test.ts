/** The bridge under damaged requests, sent as bytes: what this package's client cannot be made to send. */
import { spawnSync } from 'node:child_process';
import { createRandom } from '@cpc/base';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { expect, it, onTestFinished } from 'vitest';
import { encodeRequest } from '../../dm-env-rpc/messages.js';
import { damagedOrRandom, requests } from '../../dm-env-rpc/test-support/sample-messages.js';
import { connectRpc, processPath } from './connection.js';
import { startPythonBridge } from './python-bridge.js';
import { createRpcEnvironment } from './rpc-environment.js';

const python = process.env.CPC_PYTHON ?? 'python3';
const { status } = spawnSync(python, ['-c', 'import grpc, grpc_tools, numpy, gymnasium']);

it.skipIf(status !== 0)(
  'of 30,000 random and damaged requests every one is answered or ends its stream, and the bridge serves on',
  async () => {
    const bridge = await startPythonBridge({ environment: { gymnasium: 'CartPole-v1' }, python });
    onTestFinished(() => bridge.stop());
    const client = new Client(bridge.address, credentials.createInsecure());
    onTestFinished(() => client.close());
    const random = createRandom(1);
    const whole = requests.map(encodeRequest);
    let [answers, ends] = [0, 0];
    let stream: ClientDuplexStream<Buffer, Buffer> | undefined;
    for (let number = 0; number < 30_000; number++) {
      stream ??= client.makeBidiStreamRequest(
        processPath,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
      );
      const bytes = damagedOrRandom(whole[number % whole.length] ?? new Uint8Array(), number, random);
      if (await isAnswered(stream, Buffer.from(bytes))) answers++;
      else {
        ends++;
        stream = undefined;
      }
    }
    stream?.cancel();
    expect(answers + ends).toBe(30_000);
    expect(Math.min(answers, ends)).toBeGreaterThan(1_000);
    const environment = await createRpcEnvironment({ address: bridge.address, copies: 1 });
    expect(await environment.reset(1)).toHaveLength(4);
    await environment.close();
  },
  600_000,
);

it.skipIf(status !== 0)(
  'with 64 connections that are idle a 65th is served, and worlds of connections that were dropped are destroyed',
  async () => {
    const bridge = await startPythonBridge({ environment: { gymnasium: 'CartPole-v1' }, python });
    onTestFinished(() => bridge.stop());
    const idle = Array.from({ length: 64 }, () => {
      const client = new Client(bridge.address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
      onTestFinished(() => client.close());
      const stream = client.makeBidiStreamRequest(
        processPath,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
      );
      stream.on('error', () => undefined);
      return stream;
    });
    const create = Buffer.from(encodeRequest({ type: 'createWorld', settings: new Map() }));
    for (const stream of idle) expect(await isAnswered(stream, create)).toBe(true);
    const dropped = connectRpc({ address: bridge.address });
    const { worldName } = await dropped.send({ type: 'createWorld', settings: new Map() });
    const environment = await createRpcEnvironment({ address: bridge.address, copies: 1, timeoutSeconds: 20 });
    expect(await environment.reset(1)).toHaveLength(4);
    await environment.close();
    dropped.close();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const other = connectRpc({ address: bridge.address });
    await expect(other.send({ type: 'joinWorld', worldName, settings: new Map() })).rejects.toThrow(/NOT_FOUND/);
    other.close();
  },
  120_000,
);

/** False if the stream ended. */
function isAnswered(stream: ClientDuplexStream<Buffer, Buffer>, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer within 30 s')), 30_000);
    const settle = (answered: boolean) => () => {
      clearTimeout(timer);
      for (const event of ['data', 'error', 'end']) stream.removeAllListeners(event);
      stream.on('error', () => undefined);
      resolve(answered);
    };
    stream.once('data', settle(true)).once('error', settle(false)).once('end', settle(false));
    stream.write(bytes);
  });
}
