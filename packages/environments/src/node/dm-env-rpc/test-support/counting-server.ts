/** A dm_env_rpc server in this process, whose worlds count steps: for tests where no Python is. */
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import {
  decodeRequest,
  encodeResponse,
  type RpcRequest,
  type RpcResponse,
  type WorldSpecs,
} from '../../../dm-env-rpc/messages.js';
import { processPath } from '../connection.js';

export interface CountingServer {
  readonly address: string;
  /** All that came, in order. */
  readonly requests: RpcRequest[];
  readonly worlds: Set<string>;
  readonly stop: () => void;
}

/** What a server answers a request in the place of the right answer; undefined for the right one. */
export type Answering = (request: RpcRequest, number: number) => Uint8Array | 'silence' | 'end' | undefined;

export interface CountingOptions {
  /** Steps of a sequence; default 3. */
  readonly length?: number;
  readonly answer?: Answering | undefined;
  /** Of the sequence's end; default a discount of 0. */
  readonly lastDiscount?: number;
}

export const countingSpecs: WorldSpecs = {
  actions: new Map([[1n, { name: 'increment', type: 'int32', shape: [], min: [-1], max: [2] }]]),
  observations: new Map([
    [10n, { name: 'count', type: 'float', shape: [2] }],
    [11n, { name: 'reward', type: 'double', shape: [] }],
    [12n, { name: 'discount', type: 'float', shape: [] }],
  ]),
};

export async function startCountingServer(options: CountingOptions = {}): Promise<CountingServer> {
  const requests: RpcRequest[] = [];
  const worlds = new Set<string>();
  let created = 0;
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(
    { process: serviceMethod },
    {
      process(stream: ServerDuplexStream<Buffer, Buffer>) {
        const world = createWorld(options, worlds, () => `world ${created++}`);
        stream.on('data', (bytes: Buffer) => {
          const request = decodeRequest(bytes);
          requests.push(request);
          const special = options.answer?.(request, requests.length - 1);
          if (special === 'silence') return;
          if (special === 'end') stream.end();
          else stream.write(Buffer.from(special ?? encodeResponse(world(request))));
        });
        stream.on('end', () => stream.end());
        stream.on('error', () => undefined);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('localhost:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `localhost:${port}`, requests, worlds, stop: () => server.forceShutdown() };
}

const same = (bytes: Buffer) => bytes;
const serviceMethod = {
  path: processPath,
  requestStream: true,
  responseStream: true,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
};

/** The state of one connection. The count starts at the seed and grows by the actions; each step gives the action as reward. */
function createWorld({ length = 3, lastDiscount = 0 }: CountingOptions, worlds: Set<string>, nextName: () => string) {
  let [count, steps, isRunning, seed, wasInterrupted] = [0, 0, false, 0, false];
  const observe = (reward: number, discount: number): RpcResponse & { type: 'step' } => ({
    type: 'step',
    state: steps === length ? 'terminated' : 'running',
    observations: new Map([
      [10n, { type: 'float', shape: [2], values: Float32Array.of(count, steps) }],
      [11n, { type: 'double', shape: [], values: Float64Array.of(reward) }],
      [12n, { type: 'float', shape: [], values: Float32Array.of(discount) }],
    ]),
  });
  const seedIn = (request: { settings: ReadonlyMap<string, { values: ArrayLike<unknown> }> }) =>
    Number(request.settings.get('seed')?.values[0] ?? 0);
  return (request: RpcRequest): RpcResponse => {
    switch (request.type) {
      case 'createWorld': {
        const worldName = nextName();
        worlds.add(worldName);
        return { type: 'createWorld', worldName };
      }
      case 'joinWorld':
        if (!worlds.has(request.worldName)) return { type: 'error', code: 5, message: `no world ${request.worldName}` };
        return { type: 'joinWorld', specs: countingSpecs };
      case 'reset':
      case 'resetWorld':
        seed = seedIn(request);
        isRunning = false;
        wasInterrupted = request.type === 'resetWorld';
        return request.type === 'reset' ? { type: 'reset', specs: countingSpecs } : { type: 'resetWorld' };
      case 'step': {
        if (wasInterrupted) {
          wasInterrupted = false;
          return { ...observe(0, 1), state: 'interrupted' };
        }
        if (!isRunning) {
          [count, steps, isRunning] = [seed % 1000, 0, true];
          return observe(0, 1); // whatever actions came
        }
        const increment = Number(request.actions.get(1n)?.values[0] ?? 0);
        count += increment;
        steps++;
        isRunning = steps < length;
        return observe(increment, isRunning ? 1 : lastDiscount);
      }
      case 'destroyWorld':
        worlds.delete(request.worldName);
        return { type: 'destroyWorld' };
      case 'leaveWorld':
        return { type: 'leaveWorld' };
    }
  };
}
