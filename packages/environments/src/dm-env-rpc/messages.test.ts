import { CpcError, createRandom } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './messages.js';
import { decodeTensorSpec } from './tensor-specs.js';
import { decodeTensor, encodeTensor, type Tensor, tensorTypes } from './tensors.js';
import { damagedOrRandom, oneOfEach, requests, responses } from './test-support/sample-messages.js';

describe('tensors', () => {
  it('are of 11 types, all of them here', () => {
    expect(oneOfEach.map(({ type }) => type)).toEqual(tensorTypes);
  });

  it.each(oneOfEach.map((tensor) => [tensor.type, tensor] as const))(
    'of type %s come back as they went',
    (_, tensor) => {
      expect(decodeTensor(encodeTensor(tensor).finish())).toEqual(tensor);
    },
  );

  it('with an open length get it from the number of their values', () => {
    const bytes = encodeTensor({ type: 'int32', shape: [-1, 2], values: Int32Array.of(1, 2, 3, 4, 5, 6) }).finish();
    expect(decodeTensor(bytes).shape).toEqual([3, 2]);
  });

  it.each(oneOfEach.map((tensor) => [tensor.type, tensor] as const))(
    'of one %s stand for as many as their shape holds',
    (_, tensor) => {
      const one = { ...tensor, shape: [2, 3], values: tensor.values.slice(0, 1) } as Tensor;
      const { shape, values } = decodeTensor(encodeTensor(one).finish());
      expect(shape).toEqual([2, 3]);
      expect(values).toHaveLength(6);
      expect(new Set(Array.from(values, String)).size).toBe(1);
    },
  );

  it.each<[string, Tensor, string]>([
    ['two open lengths', { type: 'int8', shape: [-1, -1], values: Int8Array.of(1) }, 'at most one open length'],
    [
      'too few values',
      { type: 'float', shape: [3], values: Float32Array.of(1, 2) },
      '3 values for the shape [3], received 2',
    ],
    ['no single value', { type: 'float', shape: [], values: Float32Array.of(1, 2) }, '1 values for the shape []'],
    [
      'an immense shape',
      { type: 'int8', shape: [2 ** 30, 2 ** 30], values: Int8Array.of(1) },
      'at most 16777216 values',
    ],
    [
      'an open length that does not come out',
      { type: 'int8', shape: [-1, 2], values: Int8Array.of(1, 2, 3) },
      'values for the shape [-1,2]',
    ],
  ])('with %s are refused', (_, tensor, message) => {
    const bytes = encodeTensor(tensor).finish();
    expect(() => decodeTensor(bytes)).toThrow(message);
  });

  it('whose numbers are not packed are read too', () => {
    // field 4 (int32s) { field 1: 5, field 1: -1 }, field 15 (shape): 2
    const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    const bytes = Uint8Array.of(0x22, 13, 0x08, 5, 0x08, ...minusOne, 0x78, 2);
    expect(decodeTensor(bytes)).toEqual({ type: 'int32', shape: [2], values: Int32Array.of(5, -1) });
  });
});

describe('specifications', () => {
  it('give the deprecated ranges of one number each', () => {
    // name "a", shape [], dtype int32, min { int32: -1 }, max { double: 2.5 }
    const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    const double = new Uint8Array(Float64Array.of(2.5).buffer);
    const bytes = Uint8Array.of(0x0a, 1, 97, 0x18, 4, 0x22, 11, 0x18, ...minusOne, 0x2a, 9, 0x11, ...double);
    expect(decodeTensorSpec(bytes)).toEqual({ name: 'a', type: 'int32', shape: [], min: [-1], max: [2.5] });
  });

  it('of no data type are refused', () => {
    expect(() => decodeTensorSpec(Uint8Array.of(0x0a, 1, 97))).toThrow('a data type from 1 to 11, received 0');
  });
});

describe('messages', () => {
  it.each(requests.map((request) => [request.type, request] as const))(
    'come back as they went: request %s',
    (_, request) => {
      expect(decodeRequest(encodeRequest(request))).toEqual(request);
    },
  );

  it.each(responses.map((response) => [response.type, response] as const))(
    'come back as they went: response %s',
    (_, response) => {
      expect(decodeResponse(encodeResponse(response))).toEqual(response);
    },
  );

  it.each([
    ['nothing', [], 'a message that says what it is'],
    ['an extension', [0x7a, 0], 'a response to a request that is spoken here, received field 15'],
    ['a state of 0', [0x1a, 2, 0x08, 0], 'a state from 1 to 3, received 0'],
    ['a field that is cut off', [0x1a, 200], 'more bytes of a number'],
    ['a group', [0x0b], 'wire type 0, 1, 2 or 5, received 3'],
    ['a number without an end', [0x08, ...Array(11).fill(255)], 'at most 10 bytes'],
    ['text that is none', [0x82, 0x01, 3, 0x12, 1, 0xff], 'text in UTF-8'],
  ])('of %s are refused', (_, bytes, message) => {
    expect(() => decodeResponse(Uint8Array.from(bytes))).toThrow(message);
  });

  it('that are random or damaged, 30,000 of them, are read or refused with a CpcError', () => {
    const random = createRandom(1);
    const whole = [...requests.map(encodeRequest), ...responses.map(encodeResponse)];
    let refused = 0;
    for (let number = 0; number < 30_000; number++) {
      const bytes = damagedOrRandom(whole[number % whole.length] ?? new Uint8Array(), number, random);
      for (const decode of [decodeRequest, decodeResponse]) {
        try {
          decode(bytes);
        } catch (error) {
          if (!CpcError.isInstance(error)) throw error;
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(30_000);
  });
});
