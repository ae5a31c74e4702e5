import { CpcError, createRandom, type Random } from '@cpc/base';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type StoredTensor, safetensorsHeader } from './safetensors.js';

const tensors: Record<string, StoredTensor> = {
  'labels/bytes': { shape: [3], data: Uint8Array.of(0, 127, 255) },
  'encoder/kernel': { shape: [2, 2], data: Float32Array.of(1.5, -2, Number.NaN, Number.POSITIVE_INFINITY) },
  scalar: { shape: [], data: Float32Array.of(-0) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
  'größe 大': { shape: [1], data: Int32Array.of(-(2 ** 31)) },
  signed: { shape: [1], data: Int8Array.of(-128) },
  short: { shape: [2], data: Int16Array.of(-32768, 32767) },
  unsignedShort: { shape: [1], data: Uint16Array.of(65535) },
  unsigned: { shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  precise: { shape: [1], data: Float64Array.of(Math.PI) },
};
const metadata = { step: '500', note: 'a "quoted" line\nand another' };

/** A file with this header text before this many bytes of data. */
function fileOf(header: string | object, dataLength: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function entry(begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype = 'F32'): object {
  return { dtype, shape, data_offsets: [begin, end] };
}

describe('a safetensors file', () => {
  it('gives back 10 tensors of 8 types, NaN and -0 included, and the metadata', () => {
    const content = decodeSafetensors(encodeSafetensors(tensors, metadata), 'x');
    expect(content).toEqual({ tensors, metadata });
  });

  it('gives back 0 tensors and no metadata', () => {
    expect(decodeSafetensors(encodeSafetensors({}), 'x')).toEqual({ tensors: {}, metadata: {} });
  });

  it('has 8 + 64 header bytes and 12 data bytes for 3 floats', () => {
    const bytes = encodeSafetensors({ bias: { shape: [3], data: Float32Array.of(1, 2, 3) } });
    expect(new TextDecoder().decode(bytes.subarray(8, 72))).toBe(
      '{"bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}      ',
    );
    expect([...bytes.subarray(0, 8)]).toEqual([64, 0, 0, 0, 0, 0, 0, 0]);
    expect([...new Float32Array(bytes.slice(72).buffer)]).toEqual([1, 2, 3]);
  });

  it('begins its data at a multiple of 8, and each tensor at a multiple of its entries’ width', () => {
    for (let padding = 0; padding < 9; padding++) {
      const bytes = encodeSafetensors(tensors, { padding: ' '.repeat(padding) });
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect((8 + length) % 8).toBe(0);
      const header: Record<string, { data_offsets?: number[] }> = JSON.parse(
        new TextDecoder().decode(bytes.subarray(8, 8 + length)),
      );
      for (const [name, { data }] of Object.entries(tensors)) {
        expect((header[name]?.data_offsets?.[0] ?? 0.5) % data.BYTES_PER_ELEMENT).toBe(0);
      }
    }
  });

  it('holds only the part of a buffer that a tensor looks at: entries 1 and 2 of 4', () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const back = decodeSafetensors(encodeSafetensors({ a: { shape: [2], data } }), 'x').tensors.a;
    expect(back?.data).toEqual(Float32Array.of(2, 3));
  });

  it('is read the same from 3 bytes inside a larger buffer, and shares no memory with it', () => {
    const bytes = encodeSafetensors(tensors, metadata);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    const content = decodeSafetensors(larger.subarray(3), 'x');
    larger.fill(0);
    expect(content).toEqual({ tensors, metadata });
  });
});

it('a file read into a Node Buffer gives tensors of the right length in memory of their own', () => {
  const buffer = Buffer.from(encodeSafetensors(tensors, metadata));
  const content = decodeSafetensors(buffer, 'x');
  buffer.fill(0);
  expect(content).toEqual({ tensors, metadata });
});

describe('encoding refuses', () => {
  it('3 numbers under the shape [2, 2], naming the tensor', () => {
    const wrong = { kernel: { shape: [2, 2], data: new Float32Array(3) } };
    expect(() => encodeSafetensors(wrong)).toThrow(
      /tensor "kernel": expected data of 4 entries for the shape \[2, 2\], received 3/,
    );
  });

  it('the shape [-1, -2] of 2 numbers', () => {
    expect(() => encodeSafetensors({ a: { shape: [-1, -2], data: new Float32Array(2) } })).toThrow(/shape \[-1, -2\]/);
  });

  it('a tensor called __metadata__', () => {
    expect(() => encodeSafetensors({ __metadata__: { shape: [], data: Float32Array.of(1) } })).toThrow(/another name/);
  });
});

describe('decoding refuses, naming the file,', () => {
  const header = { a: entry(0, 8), b: entry(8, 12) };

  it('nothing in the sound file that the others are made from', () => {
    expect(Object.keys(decodeSafetensors(fileOf(header, 12), 'x').tensors)).toEqual(['a', 'b']);
  });

  it.each([
    { fault: '7 bytes', bytes: new Uint8Array(7), reason: /at least 8 bytes, received 7 bytes/ },
    { fault: 'a header longer than the file', bytes: fileOf(header, 12).subarray(0, 40), reason: /at most 32 bytes/ },
    { fault: 'a header of 2^64 - 1 bytes', bytes: new Uint8Array(16).fill(255), reason: /18446744073709551615/ },
    { fault: 'a header that is no JSON', bytes: fileOf('{"a":', 0), reason: /a header in JSON/ },
    { fault: 'a header that is no UTF-8', bytes: fileOf('{}', 0).fill(255, 8), reason: /a header in JSON/ },
    { fault: 'a header that is a list', bytes: fileOf('[]', 0), reason: /a JSON object/ },
    { fault: '1 byte too few', bytes: fileOf(header, 11), reason: /12 bytes of data, as the header says, received 11/ },
    {
      fault: '1 byte too many',
      bytes: fileOf(header, 13),
      reason: /12 bytes of data, as the header says, received 13/,
    },
    {
      fault: 'an overlap',
      bytes: fileOf({ a: entry(0, 8), b: entry(4, 8) }, 8),
      reason: /"b" to begin at 8, where the one before ends, received \[4, 8\]/,
    },
    {
      fault: 'a gap',
      bytes: fileOf({ a: entry(0, 8), b: entry(12, 16) }, 16),
      reason: /"b" to begin at 8, where the one before ends, received \[12, 16\]/,
    },
    {
      fault: 'an end before its beginning',
      bytes: fileOf({ a: entry(0, 8), b: entry(8, 4, [1]) }, 8),
      reason: /"b" to begin at 8/,
    },
    { fault: 'a shape too large', bytes: fileOf({ a: entry(0, 8, [3]) }, 8), reason: /shape \[3\], 8 bytes/ },
    { fault: 'a length of -1', bytes: fileOf({ a: entry(0, 8, [-1, -2]) }, 8), reason: /a\.shape\.0: / },
    { fault: 'a length of 1.5', bytes: fileOf({ a: entry(0, 8, [1.5]) }, 8), reason: /a\.shape\.0: / },
    { fault: 'a shape that is no list', bytes: fileOf({ a: entry(0, 8, 2) }, 8), reason: /a\.shape: / },
    { fault: 'the type BF16', bytes: fileOf({ a: entry(0, 8, [4], 'BF16') }, 8), reason: /type BF16, shape \[4\]/ },
    { fault: 'an entry without offsets', bytes: fileOf({ a: { dtype: 'F32', shape: [] } }, 0), reason: /data_offsets/ },
    { fault: 'metadata that hold a number', bytes: fileOf({ __metadata__: { step: 5 } }, 0), reason: /step: / },
  ])('$fault', ({ bytes, reason }) => {
    expect(() => decodeSafetensors(bytes, 'run/model.safetensors')).toThrow(reason);
    expect(() => decodeSafetensors(bytes, 'run/model.safetensors')).toThrow(/^run\/model\.safetensors: expected /);
  });
});

describe('2,000 random mutations of a file', () => {
  const sound = encodeSafetensors(tensors, metadata);
  const headerEnd = 8 + Number(new DataView(sound.buffer).getBigUint64(0, true));

  /** A byte changed, a piece cut out, doubled or overwritten with digits; mostly in the header. */
  function mutate(random: Random): Uint8Array {
    const reach = random.uniform() < 0.8 ? headerEnd : sound.length;
    const place = random.integer(reach);
    const length = 1 + random.integer(12);
    const [before, after] = [sound.subarray(0, place), sound.subarray(place + length)];
    const piece = sound.slice(place, place + length);
    switch (random.integer(5)) {
      case 0:
        return Uint8Array.from(sound, (byte, index) => (index === place ? random.integer(256) : byte));
      case 1:
        return Uint8Array.of(...before, ...after);
      case 2:
        return Uint8Array.of(...before, ...piece, ...piece, ...after);
      case 3:
        return Uint8Array.of(...before, ...piece.map(() => 0x30 + random.integer(10)), ...after);
      default:
        return sound.slice(0, random.integer(sound.length));
    }
  }

  it('end in tensors as long as their shapes, or in a CpcError that names the file', () => {
    let refused = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const mutant = mutate(createRandom(1).fold('mutant', trial));
      try {
        const content = decodeSafetensors(mutant, 'mutant.safetensors');
        for (const { shape, data } of Object.values(content.tensors)) {
          expect(data.length).toBe(shape.reduce((size, length) => size * length, 1));
        }
      } catch (error) {
        if (!CpcError.isInstance(error)) throw error;
        expect(error.message).toMatch(/^mutant\.safetensors: /);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('safetensorsHeader', () => {
  it('followed by the tensors is what encodeSafetensors writes of 2 float32 tensors', () => {
    const tensors = {
      b: { shape: [1, 2], data: Float32Array.of(1, 2) },
      a: { shape: [3], data: Float32Array.of(3, 4, 5) },
    };
    const header = safetensorsHeader(
      [
        ['b', [1, 2]],
        ['a', [3]],
      ],
      { rate: '16000' },
    );
    const values = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer);
    expect(Uint8Array.from([...header, ...values])).toEqual(encodeSafetensors(tensors, { rate: '16000' }));
  });

  it('keeps the order of 3 tensors whose names are whole numbers: data follow the list', () => {
    const header = safetensorsHeader([
      ['2', [1]],
      ['10', [1]],
      ['1', [1]],
    ]);
    const file = Uint8Array.from([...header, ...new Uint8Array(Float32Array.of(20, 100, 10).buffer)]);
    const { tensors } = decodeSafetensors(file, 'x');
    expect(['1', '2', '10'].map((name) => tensors[name]?.data[0])).toEqual([10, 20, 100]);
  });

  it('refuses a tensor called __metadata__', () => {
    expect(() => safetensorsHeader([['__metadata__', [1]]])).toThrow(/another name/);
  });
});
