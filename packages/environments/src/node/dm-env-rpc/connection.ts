/**
 * A connection to a dm_env_rpc server: a stream of requests, each answered once and in order.
 *
 * Requests may be sent before earlier ones are answered. Whatever the server does, every request is answered or fails: a damaged or
 * wrong answer fails the request it was for, and a server that is silent or gone fails all that wait.
 */

import { CpcError } from '@cpc/base';
import { Client, type ClientDuplexStream, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { excerpt } from '../../dm-env-rpc/excerpt.js';
import { decodeResponse, encodeRequest, type RpcRequest, type RpcResponse } from '../../dm-env-rpc/messages.js';

export interface ConnectOptions {
  /** Such as `localhost:8000`. */
  readonly address: string;
  /** How long the oldest unanswered request may take; default 300, since levels may be built at the first step. */
  readonly timeoutSeconds?: number;
  /** The longest answer; default 64 MiB. Its tensors hold at most a value for every 4 of these bytes. */
  readonly mostBytes?: number;
  /** Once it aborts, what is not answered within half a second fails, and so does all that is sent later. */
  readonly signal?: AbortSignal | undefined;
}

/** What answers a request of some type. */
export type ResponseTo<Type extends RpcRequest['type']> = Extract<RpcResponse, { type: Type }>;

export interface RpcConnection {
  readonly address: string;
  /** @throws {CpcError} if the server answers with an error, wrongly or not at all. */
  readonly send: <Type extends RpcRequest['type']>(
    request: Extract<RpcRequest, { type: Type }>,
  ) => Promise<ResponseTo<Type>>;
  /** Ends the stream. What was not answered fails. */
  readonly close: () => void;
}

/** The path of the protocol's one procedure. */
export const processPath = '/dm_env_rpc.v1.Environment/Process';

/** An answer holds one step's observations: 64 MiB are 16 million float32 values. */
export const longestAnswerBytes = 2 ** 26;
const bytesPerValue = 4;
const defaultTimeoutSeconds = 300;
/** From a request to stop on: a server that answers may finish what is under way, one that is silent delays nobody. */
const graceSeconds = 0.5;

interface Waiting {
  readonly request: RpcRequest['type'];
  readonly resolve: (response: RpcResponse) => void;
  readonly reject: (error: CpcError) => void;
}

/** Opens a stream. That nobody listens at the address shows with the first request. */
export function connectRpc(options: ConnectOptions): RpcConnection {
  const { address, timeoutSeconds = defaultTimeoutSeconds, mostBytes = longestAnswerBytes, signal } = options;
  const channelOptions = { 'grpc.max_receive_message_length': mostBytes, 'grpc.max_send_message_length': -1 };
  const client = new Client(address, credentials.createInsecure(), channelOptions);
  const stream = openStream(client);
  const waiting: Waiting[] = [];
  let end: CpcError | undefined;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    const [oldest] = waiting;
    if (oldest !== undefined)
      timer = setTimeout(() => finish(silent(address, oldest.request, timeoutSeconds)), 1000 * timeoutSeconds);
  };
  const finish = (error: CpcError) => {
    end ??= error;
    forgetStop();
    for (const { reject } of waiting.splice(0)) reject(end);
    watch();
    stream.cancel();
    client.close();
  };
  const forgetStop = whenStopped(signal, () => finish(stopped(address, waiting[0]?.request)));
  stream.on('data', (bytes: Uint8Array) => {
    const request = waiting.shift();
    watch();
    if (request === undefined) finish(unasked(address));
    else settle(request, bytes, { address, mostValues: mostBytes / bytesPerValue });
  });
  stream.on('error', (error: ServiceError) => finish(failed(address, error)));
  stream.on('end', () => finish(ended(address)));
  return {
    address,
    send: (request) =>
      new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end);
        // The answer's type is checked where it comes in, against the request's.
        const settled = resolve as (response: RpcResponse) => void;
        waiting.push({ request: request.type, resolve: settled, reject });
        if (waiting.length === 1) watch();
        stream.write(encodeRequest(request));
      }),
    close: () => finish(closed(address)),
  };
}

/** Bytes are passed through as they are, so that damage is found here, and not by ending the stream. */
function openStream(client: Client): ClientDuplexStream<Uint8Array, Uint8Array> {
  return client.makeBidiStreamRequest(
    processPath,
    (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    (bytes: Buffer): Uint8Array => bytes,
  );
}

/** Calls back after the grace that follows a request to stop; what it returns calls that off. */
function whenStopped(signal: AbortSignal | undefined, finish: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(finish, 1000 * graceSeconds);
  };
  if (signal?.aborted === true)
    timer = setTimeout(finish); // nothing is under way
  else signal?.addEventListener('abort', start, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', start);
  };
}

interface AnswerBounds {
  readonly address: string;
  readonly mostValues: number;
}

function settle({ request, resolve, reject }: Waiting, bytes: Uint8Array, { address, mostValues }: AnswerBounds): void {
  try {
    const response = decodeResponse(bytes, mostValues);
    if (response.type === request) resolve(response);
    else reject(wrongAnswer(address, request, response));
  } catch (error) {
    reject(unreadable(address, request, error));
  }
}

function wrongAnswer(address: string, request: string, response: RpcResponse): CpcError {
  const where = `dm_env_rpc server at ${address}`;
  if (response.type !== 'error') {
    return new CpcError({ where, expected: `an answer to ${request}`, received: `one to ${response.type}` });
  }
  const received = `${codeName(response.code)}: ${excerpt(response.message)}`;
  return new CpcError({ where, expected: `${request} to succeed`, received });
}

function codeName(code: number): string {
  return status[code] ?? `code ${code}`;
}

/** What is wrong with the bytes, and whose they are. */
function unreadable(address: string, request: string, cause: unknown): CpcError {
  const where = `dm_env_rpc server at ${address}`;
  if (!CpcError.isInstance(cause)) return new CpcError({ where, expected: `a readable answer to ${request}`, cause });
  const { expected, received, fix } = cause;
  return new CpcError({ where: `${where}, answer to ${request}`, expected, received, fix, cause });
}

function unasked(address: string): CpcError {
  return new CpcError({
    where: `dm_env_rpc server at ${address}`,
    expected: 'one answer to each request',
    received: 'another one',
  });
}

function silent(address: string, request: string, seconds: number): CpcError {
  return new CpcError({
    where: `dm_env_rpc server at ${address}`,
    expected: `an answer to ${request} within ${seconds} s`,
    received: 'none',
    fix: 'See whether the server still runs. More time: timeoutSeconds in code, CPC_RPC_TIMEOUT=SECONDS for the command.',
  });
}

function fixOf({ code, details }: ServiceError): string {
  if (code === status.RESOURCE_EXHAUSTED && /concurrent rpc/i.test(details))
    return 'End other clients of the server, or allow more: --connections of serve.py, connections of startPythonBridge.';
  if (code === status.RESOURCE_EXHAUSTED)
    return 'All copies together receive at most 64 MiB a step: play fewer (--set copies=N), or have the server send smaller observations.';
  if (code === status.CANCELLED)
    return 'The bridge ends connections without requests: --idle-seconds of serve.py, idleSeconds of startPythonBridge.';
  return 'Start the server before, and look at what it printed.';
}

function stopped(address: string, request: string | undefined): CpcError {
  return new CpcError({
    where: `dm_env_rpc server at ${address}`,
    expected: request === undefined ? 'no request after that to stop' : `an answer to ${request}`,
    received: 'a request to stop',
  });
}

function failed(address: string, error: ServiceError): CpcError {
  return new CpcError({
    where: `dm_env_rpc server at ${address}`,
    expected: 'a connection that lasts',
    received: `${codeName(error.code)}: ${excerpt(error.details)}`,
    fix: fixOf(error),
    cause: error,
  });
}

function ended(address: string): CpcError {
  return new CpcError({
    where: `dm_env_rpc server at ${address}`,
    expected: 'a connection that lasts',
    received: 'its end by the server',
  });
}

function closed(address: string): CpcError {
  return new CpcError({
    where: `dm_env_rpc server at ${address}`,
    expected: 'an open connection',
    received: 'one that was closed',
  });
}
