/**
 * Damages files in seeded ways: what disks, networks, careless programs and ill-meaning people do to them.
 */
import type { Random } from '@cpc/core';

type Mutation = (bytes: Uint8Array<ArrayBuffer>, random: Random) => Uint8Array<ArrayBuffer>;

/** A damaged copy: one to four mutations in turn. Never longer than 64 kB plus four times the original. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let damaged: Uint8Array<ArrayBuffer> = Uint8Array.from(bytes);
  const rounds = 1 + random.integer(4);
  for (let round = 0; round < rounds; round += 1) damaged = oneOf(mutations, random)(damaged, random);
  return damaged.subarray(0, 65_536 + 4 * bytes.length);
}

const flipBits: Mutation = (bytes, random) => {
  for (let flips = 1 + random.integer(8); flips > 0; flips -= 1) {
    const at = place(bytes, random);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
  }
  return bytes;
};

const overwrite: Mutation = (bytes, random) => {
  const { start, end } = range(bytes, random);
  return bytes.fill(oneOf([0, 255, 32, random.integer(256)], random), start, end);
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.integer(bytes.length + 1));

const remove: Mutation = (bytes, random) => {
  const { start, end } = range(bytes, random);
  return joined(bytes.subarray(0, start), bytes.subarray(end));
};

const insert: Mutation = (bytes, random) => {
  const at = place(bytes, random);
  const count = oneOf([1, 2, 16, 300, 20_000], random);
  const filler = random.integer(3);
  const inserted = Uint8Array.from({ length: count }, () =>
    filler === 0 ? random.integer(256) : filler === 1 ? 32 : 0,
  );
  return joined(bytes.subarray(0, at), inserted, bytes.subarray(at));
};

const duplicate: Mutation = (bytes, random) => {
  const { start, end } = range(bytes, random);
  const at = place(bytes, random);
  return joined(bytes.subarray(0, at), bytes.subarray(start, end), bytes.subarray(at));
};

/** A number at the edge of what its field can hold, in either order of bytes. */
const extremeField: Mutation = (bytes, random) => {
  const width = oneOf([1, 2, 3, 4, 8], random);
  const [first, others, last] = oneOf(
    [
      [0x00, 0x00, 0x00],
      [0x00, 0x00, 0x01],
      [0x7f, 0xff, 0xff],
      [0x80, 0x00, 0x00],
      [0xff, 0xff, 0xff],
      [0xff, 0xff, 0xfe],
    ] as const,
    random,
  );
  const field = Array.from({ length: width }, (_, index) =>
    index === 0 ? first : index === width - 1 ? last : others,
  );
  if (random.integer(2) === 0) field.reverse();
  const at = place(bytes, random);
  for (const [index, byte] of field.entries()) if (at + index < bytes.length) bytes[at + index] = byte;
  return bytes;
};

const extremeWords = [
  ...['0', '-1', '00', '1e9', '1e309', '0x10', 'NaN', 'Infinity', '', '1.5', '٣'],
  ...['255', '256', '65536', '4294967295', '4294967296', '9007199254740993', '99999999999999999999'],
];

/** Some number written in digits, replaced by one that no field should hold. */
const extremeWord: Mutation = (bytes, random) => {
  const runs = [...new TextDecoder('latin1').decode(bytes).matchAll(/\d+/g)];
  const run = runs[random.integer(Math.max(1, runs.length))];
  if (run === undefined) return extremeField(bytes, random);
  const word = new TextEncoder().encode(oneOf(extremeWords, random));
  return joined(bytes.subarray(0, run.index), word, bytes.subarray(run.index + run[0].length));
};

const mutations = [flipBits, overwrite, truncate, remove, insert, duplicate, extremeField, extremeWord] as const;

/** Somewhere; half the time among the first 64 bytes, where headers are. */
function place(bytes: Uint8Array, random: Random): number {
  return random.integer(Math.max(1, random.integer(2) === 0 ? Math.min(64, bytes.length) : bytes.length));
}

function range(bytes: Uint8Array, random: Random): { start: number; end: number } {
  const start = place(bytes, random);
  return { start, end: Math.min(bytes.length, start + 1 + random.integer(oneOf([4, 64, 4_096], random))) };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function oneOf<Choice>(choices: readonly Choice[], random: Random): Choice {
  const chosen = choices[random.integer(choices.length)];
  if (chosen === undefined) throw new Error('no choices');
  return chosen;
}
