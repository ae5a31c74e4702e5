/**
 * Names for random streams: a parent's key and some labels make a child's key. Draws no numbers.
 *
 * A key is 128 bits. Labels are written as 32-bit words and taken in four at a time: exclusive or into the key, then
 * the permutation of Chaskey with 12 rounds, which spreads every bit over all 128. Being a permutation, it cannot turn
 * two different keys with the same labels into one.
 *
 * Source of the permutation: Mouha, Mennink, Van Herrewege, Watanabe, Preneel & Verbauwhede, "Chaskey: An Efficient
 * MAC Algorithm for 32-bit Microcontrollers", SAC 2014, figure 1.
 */

/** 128 bits as four 32-bit integers. */
export type StreamKey = readonly [number, number, number, number];

export type StreamLabel = string | number;

const rounds = 12;

// The first word of every label, so that no sequence of labels reads like another: 1 and '1' differ, and so do
// ['a', 'b'] and ['ab'].
const numberTag = 1;
const stringTag = 2;
const endTag = 3;

/** The key of the child that `labels` name under `parent`. Numbers must be finite; -0 counts as 0. */
export function childKey(parent: StreamKey, labels: readonly StreamLabel[]): StreamKey {
  const words = labels.flatMap(wordsOf);
  words.push(endTag, labels.length);
  let key = parent;
  for (let start = 0; start < words.length; start += 4) {
    key = permute([
      key[0] ^ (words[start] ?? 0),
      key[1] ^ (words[start + 1] ?? 0),
      key[2] ^ (words[start + 2] ?? 0),
      key[3] ^ (words[start + 3] ?? 0),
    ]);
  }
  return key;
}

/** The state that the key's generator starts from: never all zero, which a shift register would not leave. */
export function generatorState(key: StreamKey): StreamKey {
  const state = childKey(key, []);
  return state.every((word) => word === 0) ? [1, 0, 0, 0] : state;
}

const float = new DataView(new ArrayBuffer(8));

function wordsOf(label: StreamLabel): number[] {
  if (typeof label === 'number') {
    float.setFloat64(0, label === 0 ? 0 : label);
    return [numberTag, float.getInt32(0), float.getInt32(4)];
  }
  const words = [stringTag, label.length];
  for (let index = 0; index < label.length; index += 2) {
    const second = index + 1 < label.length ? label.charCodeAt(index + 1) : 0;
    words.push(label.charCodeAt(index) | (second << 16));
  }
  return words;
}

/** Mixes 128 bits, one to one. Exported for its test only. */
export function permute([a, b, c, d]: StreamKey): StreamKey {
  for (let round = 0; round < rounds; round++) {
    a = (a + b) | 0;
    c = (c + d) | 0;
    b = rotateLeft(b, 5) ^ a;
    d = rotateLeft(d, 8) ^ c;
    a = (rotateLeft(a, 16) + d) | 0;
    c = (c + b) | 0;
    b = rotateLeft(b, 7) ^ c;
    d = rotateLeft(d, 13) ^ a;
    c = rotateLeft(c, 16);
  }
  return [a, b, c, d];
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
