/**
 * A server of HTTP/2 that may break every rule of gRPC and of dm_env_rpc: what comes is read, what goes out is up to the attack.
 */
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { decodeRequest, type RpcRequest } from '../../../dm-env-rpc/messages.js';

/** Called for every request, with its place on its connection from 0 on. */
export type Attack = (stream: ServerHttp2Stream, request: RpcRequest, number: number) => void;

export interface RogueServer {
  readonly address: string;
  /** Milliseconds since the first request came. */
  readonly sinceFirst: () => number;
  /** Resolves with the first request. */
  readonly attacked: Promise<void>;
}

/** A message as gRPC frames it: not compressed, and its length; another length may be claimed. */
export function framed(message: Uint8Array, claimed = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(claimed, 1);
  return Buffer.concat([head, message]);
}

export async function startRogueServer(attack: Attack): Promise<RogueServer> {
  const sessions = new Set<{ destroy: () => void }>();
  let first: number | undefined;
  let begin: () => void = () => undefined;
  const attacked = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('error', () => undefined);
    let number = 0;
    readFrames(stream, (message) => {
      first ??= performance.now();
      begin();
      attack(stream, decodeRequest(message), number++);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return { address: `localhost:${port}`, attacked, sinceFirst: () => performance.now() - (first ?? Number.NaN) };
}

function readFrames(stream: ServerHttp2Stream, take: (message: Uint8Array) => void): void {
  let pending = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 5 && pending.length >= 5 + pending.readUInt32BE(1)) {
      const end = 5 + pending.readUInt32BE(1);
      take(pending.subarray(5, end));
      pending = pending.subarray(end);
    }
  });
}
