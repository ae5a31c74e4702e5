/**
 * Feeds a reader damaged files, and judges: valid data or a refusal that names the file, in time and within bounds.
 *
 * Under `node/` because the time limit needs Node: `vm` can end a computation that never returns.
 */
import { Script } from 'node:vm';
import { CpcError, createRandom } from '@cpc/core';
import { mutate } from '@cpc/testing';
import { AllocationLimit } from '../../data/test-support/allocation-limit.js';

export interface FuzzedReader {
  readonly name: string;
  /** Valid files, to be damaged. */
  readonly files: readonly Uint8Array[];
  /**
   * Reads a file and checks what came of it.
   *
   * @throws {CpcError} whose message begins with `where`, if it refuses the file.
   * @throws {Error} of any other kind if what it read is not valid.
   */
  readonly read: (bytes: Uint8Array, where: string) => void;
  /** Bytes that reading a file of so many may ask for. */
  readonly memoryFor: (byteLength: number) => number;
}

export interface FuzzOutcome {
  readonly read: number;
  readonly refused: number;
}

/** For one file; a hundred times what it should take. */
const limitMilliseconds = 1_000;

/**
 * Reads `cases` damaged files. Case n is the same whatever `cases` is.
 *
 * @throws {Error} on the first case that is neither read nor refused, with its number and the file in base64.
 */
export function fuzz(reader: FuzzedReader, cases: number, seed: number): FuzzOutcome {
  const outcome = { read: 0, refused: 0 };
  for (let index = 0; index < cases; index += 1) {
    const random = createRandom(seed).fold(reader.name, index);
    const file = reader.files[random.integer(reader.files.length)] ?? new Uint8Array(0);
    outcome[outcomeOf(reader, mutate(file, random), index)] += 1;
  }
  return outcome;
}

/** Every file as it is must be read: else the fuzzer damages nothing that matters. */
export function readUndamaged(reader: FuzzedReader): void {
  for (const [index, file] of reader.files.entries()) {
    if (outcomeOf(reader, file, index) === 'refused') throw new Error(`${reader.name}: whole file ${index} is refused`);
  }
}

const where = 'damaged-file';

function outcomeOf(reader: FuzzedReader, bytes: Uint8Array, index: number): keyof FuzzOutcome {
  const memory = new AllocationLimit();
  try {
    memory.begin(reader.memoryFor(bytes.length));
    try {
      runInTime(() => reader.read(bytes, where));
    } finally {
      memory.end();
    }
    return 'read';
  } catch (cause) {
    if (CpcError.isInstance(cause) && cause.message.startsWith(where)) return 'refused';
    const file = Buffer.from(bytes.subarray(0, 3_000)).toString('base64');
    throw new Error(`${reader.name}, case ${index}: ${String(cause)}\n${bytes.length} bytes: ${file}`, { cause });
  }
}

const slot = Symbol.for('@cpc/audio fuzzed call');
const script = new Script('globalThis[Symbol.for("@cpc/audio fuzzed call")]()');

/**
 * Runs an action, and ends it if it takes more than a second, even if it would never return.
 *
 * @throws {Error} if it took longer; whatever it throws itself.
 */
export function runInTime(action: () => void): void {
  Reflect.set(globalThis, slot, action);
  script.runInThisContext({ timeout: limitMilliseconds });
}
