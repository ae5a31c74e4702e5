/**
 * The requests and responses of dm_env_rpc, version 1, as values and as bytes.
 *
 * Both directions of both, since a server speaks them too. Properties and extensions are not spoken; a server's answer to them would
 * be refused. Field numbers: the protocol's messages `EnvironmentRequest` and `EnvironmentResponse`.
 */
import { decodeTensorSpec, encodeTensorSpec, type TensorSpec } from './tensor-specs.js';
import { decodeTensor, encodeTensor, type Tensor, valueBudget } from './tensors.js';
import {
  allBytesOf,
  bytesOf,
  damaged,
  type Field,
  fieldsOf,
  requireWireType,
  textOf,
  varintsOf,
} from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

export type Settings = ReadonlyMap<string, Tensor>;

/** By number: a name is known from its specification. */
export type Tensors = ReadonlyMap<bigint, Tensor>;

export interface WorldSpecs {
  readonly actions: ReadonlyMap<bigint, TensorSpec>;
  readonly observations: ReadonlyMap<bigint, TensorSpec>;
}

export type RpcRequest =
  | { readonly type: 'createWorld'; readonly settings: Settings }
  | { readonly type: 'joinWorld'; readonly worldName: string; readonly settings: Settings }
  | { readonly type: 'step'; readonly actions: Tensors; readonly requested: readonly bigint[] }
  | { readonly type: 'reset'; readonly settings: Settings }
  | { readonly type: 'resetWorld'; readonly worldName: string; readonly settings: Settings }
  | { readonly type: 'leaveWorld' }
  | { readonly type: 'destroyWorld'; readonly worldName: string };

/** Where a sequence stands after a step: going on, at its own end, or cut off. */
export type SequenceState = 'running' | 'terminated' | 'interrupted';

export type RpcResponse =
  | { readonly type: 'createWorld'; readonly worldName: string }
  | { readonly type: 'joinWorld'; readonly specs: WorldSpecs }
  | { readonly type: 'step'; readonly state: SequenceState; readonly observations: Tensors }
  | { readonly type: 'reset'; readonly specs: WorldSpecs }
  | { readonly type: 'resetWorld' }
  | { readonly type: 'leaveWorld' }
  | { readonly type: 'destroyWorld' }
  /** With a code of gRPC. */
  | { readonly type: 'error'; readonly code: number; readonly message: string };

type Kind = RpcRequest['type'];

/** A kind's place from 1 on is the number of its field. */
const kinds: readonly Kind[] = [
  'createWorld',
  'joinWorld',
  'step',
  'reset',
  'resetWorld',
  'leaveWorld',
  'destroyWorld',
];
const states: readonly SequenceState[] = ['running', 'terminated', 'interrupted'];
const errorField = 16;

export function encodeRequest(request: RpcRequest): Uint8Array {
  return new WireWriter().message(kinds.indexOf(request.type) + 1, requestBody(request)).finish();
}

function requestBody(request: RpcRequest): WireWriter {
  const body = new WireWriter();
  switch (request.type) {
    case 'createWorld':
    case 'reset':
      return writeSettings(body, 1, request.settings);
    case 'joinWorld':
    case 'resetWorld':
      return writeSettings(body.text(1, request.worldName), 2, request.settings);
    case 'step':
      return writeTensors(body, 1, request.actions).integers(2, request.requested);
    case 'destroyWorld':
      return body.text(1, request.worldName);
    case 'leaveWorld':
      return body;
  }
}

/** @throws {CpcError} if the bytes are no request that is spoken here. */
export function decodeRequest(bytes: Uint8Array): RpcRequest {
  const payload = lastOf(fieldsOf(bytes), kinds.length);
  const type = kinds[payload.number - 1] ?? 'leaveWorld';
  const fields = fieldsOf(payload.bytes);
  switch (type) {
    case 'createWorld':
    case 'reset':
      return { type, settings: readSettings(fields, 1) };
    case 'joinWorld':
    case 'resetWorld':
      return { type, worldName: textOf(bytesOf(fields, 1)), settings: readSettings(fields, 2) };
    case 'step':
      return { type, actions: readTensors(fields, 1), requested: identifiersIn(fields, 2) };
    case 'destroyWorld':
      return { type, worldName: textOf(bytesOf(fields, 1)) };
    case 'leaveWorld':
      return { type };
  }
}

export function encodeResponse(response: RpcResponse): Uint8Array {
  const field = response.type === 'error' ? errorField : kinds.indexOf(response.type) + 1;
  return new WireWriter().message(field, responseBody(response)).finish();
}

function responseBody(response: RpcResponse): WireWriter {
  const body = new WireWriter();
  switch (response.type) {
    case 'createWorld':
      return body.text(1, response.worldName);
    case 'joinWorld':
    case 'reset':
      return body.message(1, encodeSpecs(response.specs));
    case 'step':
      return writeTensors(body.integer(1, states.indexOf(response.state) + 1), 2, response.observations);
    case 'error':
      return body.integer(1, response.code).text(2, response.message);
    default:
      return body;
  }
}

/**
 * @param mostValues - of all tensors together.
 * @throws {CpcError} if the bytes are no response that is spoken here, or hold more.
 */
export function decodeResponse(bytes: Uint8Array, mostValues?: number): RpcResponse {
  const payload = lastOf(fieldsOf(bytes), errorField);
  const fields = fieldsOf(payload.bytes);
  if (payload.number === errorField) {
    return { type: 'error', code: varintsOf(fields, 1).lows.at(-1) ?? 0, message: textOf(bytesOf(fields, 2)) };
  }
  const type = kinds[payload.number - 1];
  switch (type) {
    case 'createWorld':
      return { type, worldName: textOf(bytesOf(fields, 1)) };
    case 'joinWorld':
    case 'reset':
      return { type, specs: decodeSpecs(fieldsOf(bytesOf(fields, 1) ?? new Uint8Array())) };
    case 'step':
      return { type, state: stateIn(fields), observations: readTensors(fields, 2, valueBudget(mostValues)) };
    case undefined:
      throw damaged('a response to a request that is spoken here', `field ${payload.number}`);
    default:
      return { type };
  }
}

/** The last field of a number from 1 on: which of them is there says what the message is. */
function lastOf(fields: readonly Field[], most: number): Field {
  const payload = fields.filter(({ number }) => number <= most).at(-1);
  if (payload === undefined) throw damaged('a message that says what it is');
  requireWireType(payload, 2);
  return payload;
}

function stateIn(fields: readonly Field[]): SequenceState {
  const number = varintsOf(fields, 1).lows.at(-1) ?? 0;
  const state = states[number - 1];
  if (state === undefined) throw damaged('a state from 1 to 3', String(number));
  return state;
}

function encodeSpecs({ actions, observations }: WorldSpecs): WireWriter {
  const body = new WireWriter();
  for (const [identifier, spec] of actions) body.message(1, entry(identifier, encodeTensorSpec(spec)));
  for (const [identifier, spec] of observations) body.message(2, entry(identifier, encodeTensorSpec(spec)));
  return body;
}

/** Of all ranges of a world together. */
const mostBounds = 2 ** 20;

function decodeSpecs(fields: readonly Field[]): WorldSpecs {
  const budget = valueBudget(mostBounds);
  const read = (number: number) =>
    new Map(entriesOf(fields, number).map(([key, bytes]) => [key, decodeTensorSpec(bytes, budget)]));
  return { actions: read(1), observations: read(2) };
}

function writeTensors(body: WireWriter, field: number, tensors: Tensors): WireWriter {
  for (const [identifier, tensor] of tensors) body.message(field, entry(identifier, encodeTensor(tensor)));
  return body;
}

function readTensors(fields: readonly Field[], number: number, budget = valueBudget()): Tensors {
  return new Map(entriesOf(fields, number).map(([key, bytes]) => [key, decodeTensor(bytes, budget)]));
}

function writeSettings(body: WireWriter, field: number, settings: Settings): WireWriter {
  for (const [name, tensor] of settings) {
    body.message(field, new WireWriter().text(1, name).message(2, encodeTensor(tensor)));
  }
  return body;
}

function readSettings(fields: readonly Field[], number: number): Settings {
  const budget = valueBudget();
  return new Map(
    allBytesOf(fields, number).map((bytes) => {
      const pair = fieldsOf(bytes);
      return [textOf(bytesOf(pair, 1)), decodeTensor(bytesOf(pair, 2) ?? new Uint8Array(), budget)];
    }),
  );
}

/** A map's entry: a number and a message. */
function entry(identifier: bigint, value: WireWriter): WireWriter {
  return new WireWriter().integer(1, identifier).message(2, value);
}

function entriesOf(fields: readonly Field[], number: number): [bigint, Uint8Array][] {
  return allBytesOf(fields, number).map((bytes) => {
    const pair = fieldsOf(bytes);
    return [identifiersIn(pair, 1).at(-1) ?? 0n, bytesOf(pair, 2) ?? new Uint8Array()];
  });
}

function identifiersIn(fields: readonly Field[], number: number): bigint[] {
  const { lows, highs } = varintsOf(fields, number);
  return Array.from(lows, (low, index) => (BigInt(highs[index] ?? 0) << 32n) | BigInt(low));
}
