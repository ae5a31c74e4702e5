import { describe, expect, it } from 'vitest';

import { crc32c, encodeFileVersion, encodeScalars, encodeSessionStart, maskedCrc32c } from './tensorboard-events.js';

describe('crc32c', () => {
  it.each([
    { name: '"123456789"', bytes: new TextEncoder().encode('123456789'), crc: 0xe3069283 },
    { name: '0 bytes', bytes: new Uint8Array(0), crc: 0 },
    { name: '32 bytes of 0 (RFC 3720)', bytes: new Uint8Array(32), crc: 0x8a9136aa },
    { name: '32 bytes of 255 (RFC 3720)', bytes: new Uint8Array(32).fill(255), crc: 0x62a8ab43 },
    { name: '0 to 31 (RFC 3720)', bytes: Uint8Array.from({ length: 32 }, (_, i) => i), crc: 0x46dd794e },
    { name: '31 to 0 (RFC 3720)', bytes: Uint8Array.from({ length: 32 }, (_, i) => 31 - i), crc: 0x113fdb5c },
  ])('of $name is the published value', ({ bytes, crc }) => {
    expect(crc32c(bytes)).toBe(crc);
  });

  it('masked is the crc turned right by 15 bits plus 0xa282ead8, modulo 2^32', () => {
    const crc = 0xe3069283n;
    const turned = ((crc >> 15n) | (crc << 17n)) & 0xffffffffn;
    const expected = Number((turned + 0xa282ead8n) & 0xffffffffn);
    expect(maskedCrc32c(new TextEncoder().encode('123456789'))).toBe(expected);
  });
});

/** A field of a message: its number, and its value as wire type 0, 1, 2 or 5 holds it. */
type Field = { number: number; value: number | Uint8Array };

/** Reads any protocol buffer by its wire format alone. */
function parseMessage(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: Field[] = [];
  let place = 0;
  const skip = (count: number) => {
    place += count;
    return place - count;
  };
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(skip(1));
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const payload = (wireType: number) => {
    if (wireType === 0) return varint();
    if (wireType === 1) return view.getFloat64(skip(8), true);
    if (wireType === 5) return view.getFloat32(skip(4), true);
    const length = varint();
    return bytes.subarray(skip(length), place);
  };
  while (place < bytes.length) {
    const key = varint();
    fields.push({ number: key >> 3, value: payload(key & 7) });
  }
  return fields;
}

/** The events of a file, after checking both checksums of each. */
function parseFile(bytes: Uint8Array): Field[][] {
  const events: Field[][] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let place = 0; place < bytes.length; ) {
    const length = Number(view.getBigUint64(place, true));
    expect(view.getUint32(place + 8, true)).toBe(maskedCrc32c(bytes.subarray(place, place + 8)));
    const data = bytes.subarray(place + 12, place + 12 + length);
    expect(view.getUint32(place + 12 + length, true)).toBe(maskedCrc32c(data));
    events.push(parseMessage(data));
    place += 16 + length;
  }
  return events;
}

function messageOf(fields: readonly Field[], number: number): Field[] {
  const value = fields.find((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? parseMessage(value) : [];
}

function textOf({ value }: Field): string {
  return typeof value === 'number' ? '' : new TextDecoder().decode(value);
}

describe('a file version', () => {
  const record = encodeFileVersion(1.5);

  it('begins with the 12 bytes that TensorFlow begins its files with', () => {
    expect(Buffer.from(record.subarray(0, 12)).toString('hex')).toBe('1800000000000000a37f4b22');
  });

  it('is an event with 2 fields: the time and "brain.Event:2"', () => {
    const [event = []] = parseFile(record);
    expect(event.map((field) => field.number)).toEqual([1, 3]);
    expect(event[0]?.value).toBe(1.5);
    expect(event.slice(1).map(textOf)).toEqual(['brain.Event:2']);
  });
});

describe('scalars', () => {
  it('come back with step 500, time and 2 tags, rounded to float32', () => {
    const [event = []] = parseFile(encodeScalars(500, 1_700_000_000.25, { 'loss/nats': 2.5, größe: 0.1 }));
    expect(event.slice(0, 2)).toEqual([
      { number: 1, value: 1_700_000_000.25 },
      { number: 2, value: 500 },
    ]);
    const values = messageOf(event, 5).map(({ value }) => (value instanceof Uint8Array ? parseMessage(value) : []));
    expect(values.map(([tag, scalar]) => [tag && textOf(tag), scalar?.number, scalar?.value])).toEqual([
      ['loss/nats', 2, 2.5],
      ['größe', 2, Math.fround(0.1)],
    ]);
  });

  it.each([1, 127, 128, 16_384, 2 ** 31, 2 ** 53 - 1])('of step %i come back with that step', (step) => {
    const [event = []] = parseFile(encodeScalars(step, 0, {}));
    expect(event[1]).toEqual({ number: 2, value: step });
  });

  it('of 40 tags, more than 127 bytes, are framed and checked whole', () => {
    const scalars = Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`accuracy/k${k}`, k / 40]));
    const [event = []] = parseFile(encodeScalars(1, 0, scalars));
    expect(messageOf(event, 5)).toHaveLength(40);
  });
});

it('a session start carries step 501 and status 1', () => {
  const [event = []] = parseFile(encodeSessionStart(501, 0));
  expect(event[1]).toEqual({ number: 2, value: 501 });
  expect(messageOf(event, 7)).toEqual([{ number: 1, value: 1 }]);
});
