/**
 * `cpc rl train` against servers that mean ill: each attack ends within 5 s, or the stated time-out and 5 s, with exactly one line of
 * error and less than 500 MB of resident memory. A command that waits for such a server dies within 2 s of SIGTERM.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@cpc/base';
import { ensureBuilt, mutate } from '@cpc/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodeResponse, type RpcResponse, type WorldSpecs } from '../../dm-env-rpc/messages.js';
import type { TensorSpec } from '../../dm-env-rpc/tensor-specs.js';
import { tensorOf } from '../../dm-env-rpc/tensors.js';
import { WireWriter } from '../../dm-env-rpc/wire-writer.js';
import { countingSpecs } from './test-support/counting-server.js';
import { type Attack, framed, startRogueServer } from './test-support/rogue-server.js';

const bin = join(import.meta.dirname, '..', '..', '..', '..', 'cli', 'dist', 'bin.js');
const timeoutSeconds = 2;
const sizes = ['copies=2', 'unrollSteps=5', 'encoderUnits=8', 'contextUnits=8', 'predictionSteps=2', 'negativeCount=4'];
const options = ['--steps', '3', ...sizes.flatMap((size) => ['--set', size]), '--threads', '1', '--out', 'run'];

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

/** What the command came to. */
async function trained(address: string, onStart: (child: { kill: (signal: NodeJS.Signals) => void }) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'cpc-rogue-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const env = { ...process.env, CPC_RPC_TIMEOUT: String(timeoutSeconds) };
  const child = spawn(process.execPath, [bin, 'rl', 'train', '--env', `rpc:${address}`, ...options], {
    ...{ cwd: folder, env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stderr, megabytes] = ['', 0];
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    megabytes = Math.max(megabytes, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
  }, 20);
  onStart(child);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return { code, stderr, megabytes };
}

/** Lines of the error: whatever else is printed tells of the run. */
function errorLines(stderr: string): string[] {
  const told = /^(Run folder: |Training \d|Finishing what|$)/;
  return stderr.split('\n').filter((line) => !told.test(line));
}

const send = (stream: ServerHttp2Stream, response: RpcResponse) => stream.write(framed(encodeResponse(response)));

/** A server that keeps the rules, but for what an attack puts in the place of one answer. */
function honestBut(instead: Partial<Record<RpcResponse['type'], (stream: ServerHttp2Stream) => void>>): Attack {
  return (stream, request) => {
    const other = instead[request.type];
    if (other !== undefined) other(stream);
    else send(stream, honest(request.type));
  };
}

function honest(type: RpcResponse['type']): RpcResponse {
  if (type === 'createWorld') return { type, worldName: 'world' };
  if (type === 'joinWorld' || type === 'reset') return { type, specs: countingSpecs };
  if (type !== 'step') return { type } as RpcResponse;
  const observations = new Map([
    [10n, tensorOf('float', [2], Float32Array.of(1, 2))],
    [11n, tensorOf('double', [], Float64Array.of(0))],
    [12n, tensorOf('float', [], Float32Array.of(1))],
  ]);
  return { type, state: 'running', observations };
}

const answering = (bytes: Uint8Array) => (stream: ServerHttp2Stream) => void stream.write(framed(bytes));
const joining = (specs: WorldSpecs) => answering(encodeResponse({ type: 'joinWorld', specs }));
const seeing = (seen: Partial<TensorSpec>) =>
  joining({
    ...countingSpecs,
    observations: new Map([[10n, { name: 'count', type: 'float' as const, shape: [2], ...seen }]]),
  });
const moving = (action: Partial<TensorSpec>) =>
  joining({
    ...countingSpecs,
    actions: new Map([[1n, { name: 'move', type: 'int32' as const, shape: [], min: [0], max: [1], ...action }]]),
  });
/** An answer to a step whose one tensor holds these bytes as its values, in a field of the type's number. */
function holding(type: number, values: Uint8Array) {
  const tensor = new WireWriter().message(type, new WireWriter().bytes(1, values));
  const entry = new WireWriter().integer(1, 10n).message(2, tensor);
  return answering(new WireWriter().message(3, new WireWriter().integer(1, 1).message(2, entry)).finish());
}

const megabyte = 2 ** 20;
const endless = (stream: ServerHttp2Stream) => {
  const more = () => {
    while (!stream.destroyed && stream.write(framed(encodeResponse({ type: 'leaveWorld' }))));
    if (!stream.destroyed) stream.once('drain', more);
  };
  more();
};
const endlessField = (stream: ServerHttp2Stream) => {
  stream.write(framed(new Uint8Array(), 2 ** 25)); // claims 32 MiB
  const more = () => {
    while (!stream.destroyed && stream.write(Buffer.alloc(16_384, 8)));
    if (!stream.destroyed) stream.once('drain', more);
  };
  more();
};
const trickle = (stream: ServerHttp2Stream) => {
  const bytes = framed(encodeResponse(honest('createWorld')));
  let sent = 0;
  const timer = setInterval(() => {
    if (stream.destroyed || sent === bytes.length - 1) clearInterval(timer);
    else stream.write(bytes.subarray(sent, ++sent));
  }, 300);
};

function manySpecs(count: number): Uint8Array {
  const one = new WireWriter().message(1, new WireWriter().text(1, 'x').integer(3, 1)).finish();
  const all = new Uint8Array(one.length * count);
  for (let at = 0; at < all.length; at += one.length) all.set(one, at);
  return all;
}

/** Each is made, its message with it, before its server starts. */
const attacks: Readonly<Record<string, () => Attack>> = {
  'silence at the first request': () => () => undefined,
  'silence at a step': () => honestBut({ step: () => undefined }),
  'a byte every 300 ms': () => honestBut({ createWorld: trickle }),
  'answers without end': () => honestBut({ createWorld: endless }),
  'one answer without end': () => honestBut({ step: endlessField }),
  'a claim of 4 GiB': () => honestBut({ step: (stream) => void stream.write(framed(new Uint8Array(9), 2 ** 32 - 1)) }),
  'an end in the middle of a message': () =>
    honestBut({
      step: (stream) => {
        stream.write(framed(encodeResponse(honest('step'))).subarray(0, 20));
        stream.end();
      },
    }),
  'a reset of the stream': () => honestBut({ step: (stream) => stream.close(2) }),
  'a cut connection': () => honestBut({ step: (stream) => stream.session?.destroy() }),
  '20 MiB of two-byte fields': () => honestBut({ step: answering(new Uint8Array(20 * megabyte).fill(8)) }),
  '20 MiB of two-byte fields in a world': () =>
    honestBut({
      joinWorld: answering(new WireWriter().bytes(2, new Uint8Array(20 * megabyte).fill(8)).finish()),
    }),
  '31 MiB of int64 in one byte each': () => honestBut({ step: holding(5, new Uint8Array(31 * megabyte).fill(1)) }),
  '4 MiB of int64 in one byte each': () => honestBut({ step: holding(5, new Uint8Array(4 * megabyte).fill(1)) }),
  '31 MiB of truth values': () => honestBut({ step: holding(9, new Uint8Array(31 * megabyte).fill(1)) }),
  '31 MiB of doubles': () => honestBut({ step: holding(2, new Uint8Array(31 * megabyte)) }),
  '60 MiB of floats': () => honestBut({ step: holding(1, new Uint8Array(60 * megabyte)) }),
  '10^6 specifications': () =>
    honestBut({
      joinWorld: answering(new WireWriter().message(2, new WireWriter().bytes(1, manySpecs(1_000_000))).finish()),
    }),
  'an observation of the shape [100000, 100000]': () => honestBut({ joinWorld: seeing({ shape: [100_000, 100_000] }) }),
  'an observation of the shape [-1, 96]': () => honestBut({ joinWorld: seeing({ shape: [-1, 96] }) }),
  'an observation of the shape [-2147483648]': () => honestBut({ joinWorld: seeing({ shape: [-(2 ** 31)] }) }),
  'an observation of the shape [0]': () => honestBut({ joinWorld: seeing({ shape: [0] }) }),
  'an observation of 1,048,576 values, of which none come': () =>
    honestBut({ joinWorld: seeing({ shape: [2 ** 20] }) }),
  'bounds that are not a number': () =>
    honestBut({
      joinWorld: moving({ type: 'double', min: [Number.NaN], max: [Number.NaN] }),
    }),
  'bounds without end': () =>
    honestBut({
      joinWorld: moving({ type: 'float', min: [Number.NEGATIVE_INFINITY], max: [Number.POSITIVE_INFINITY] }),
    }),
  '2^64 actions': () => honestBut({ joinWorld: moving({ type: 'uint64', min: [0], max: [2 ** 63] }) }),
  'observations of text': () => honestBut({ joinWorld: seeing({ type: 'string' }) }),
  'a tensor of another type': () => honestBut({ step: holding(2, new Uint8Array(16)) }),
  'a reward that is not a number': () =>
    honestBut({
      step: answering(
        encodeResponse({
          ...{ type: 'step', state: 'running' },
          observations: new Map([[11n, tensorOf('double', [], Float64Array.of(Number.NaN))]]),
        }),
      ),
    }),
  'escapes and line ends in names': () =>
    honestBut({
      joinWorld: seeing({ name: '\u001b[2J\u001b]0;x\u0007\r\n__proto__\u202e', type: 'string' }),
    }),
  'an error of 1 MiB with escapes': () =>
    honestBut({
      createWorld: answering(
        encodeResponse({ type: 'error', code: 7, message: '\u001b[31m__proto__\n'.repeat(megabyte / 16) }),
      ),
    }),
  'episodes that never begin': () =>
    honestBut({
      step: answering(encodeResponse({ type: 'step', state: 'terminated', observations: new Map() })),
    }),
};

describe.skipIf(process.platform !== 'linux')('a server that attacks with', () => {
  it.each(Object.entries(attacks))('%s is one line of error within 5 s and 500 MB', async (_, attack) => {
    await endsWell(attack());
  });

  it.each(Array.from({ length: 16 }, (_, seed) => seed + 1))(
    'mutated answers of seed %d is one line of error, or a run, within 5 s and 500 MB',
    async (seed) => {
      const random = createRandom(seed);
      const spared = random.integer(12); // answers before the first that is mutated
      let answers = 0;
      const attack: Attack = (stream, { type }) => {
        const bytes = encodeResponse(honest(type));
        stream.write(framed(answers++ < spared ? bytes : mutate(bytes, random)));
      };
      await endsWell(attack, [0, 1]);
    },
  );

  it.each([
    ['silence at the first request', () => undefined],
    ['silence at a step', honestBut({ step: () => undefined })],
    ['a byte every 300 ms', honestBut({ createWorld: trickle })],
    ['one answer without end', honestBut({ step: endlessField })],
  ] satisfies [string, Attack][])('%s holds nobody up for 2 s after SIGTERM', async (_, attack) => {
    const server = await startRogueServer(attack);
    let asked = Number.NaN;
    const { stderr } = await trained(server.address, async (child) => {
      await server.attacked;
      await sleep(500);
      asked = performance.now();
      child.kill('SIGTERM');
    });
    const seconds = (performance.now() - asked) / 1000;
    expect({ isQuick: seconds < 2, seconds, stderr }).toMatchObject({ isQuick: true });
    expect(errorLines(stderr).length).toBeLessThan(2);
  });
});

async function endsWell(attack: Attack, codes: readonly number[] = [1]): Promise<void> {
  const server = await startRogueServer(attack);
  const { code, stderr, megabytes } = await trained(server.address, () => undefined);
  const seconds = server.sinceFirst() / 1000;
  expect({ isEnded: codes.includes(code ?? -1), code, stderr: stderr.slice(0, 2000) }).toMatchObject({ isEnded: true });
  if (code !== 0) expect(errorLines(stderr)).toEqual([expect.stringMatching(/^cpc: /)]);
  expect([...stderr].filter((character) => /[\p{Cc}\u202a-\u202e]/u.test(character) && character !== '\n')).toEqual([]);
  const isQuick = seconds < timeoutSeconds + 5;
  expect({ isQuick, isSmall: megabytes < 500, seconds, megabytes }).toMatchObject({ isQuick: true, isSmall: true });
}
