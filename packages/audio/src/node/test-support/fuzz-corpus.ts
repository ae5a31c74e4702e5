/** Damaged recordings among whole ones in a folder: from the file to the 16 kHz that training reads. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@cpc/core';
import { mutate } from '@cpc/testing';
import { DamagedFileError } from '../../data/damaged-file-error.js';
import { AllocationLimit } from '../../data/test-support/allocation-limit.js';
import { encodeWav } from '../../data/wav.js';
import { decodeAudio } from '../data/audio-file.js';
import { openSpeechCorpus } from '../data/corpus.js';
import { runInTime } from './fuzz.js';
import { audioFiles } from './fuzzed-readers.js';

export interface CorpusOutcome {
  /** Recordings that were read. */
  readonly read: number;
  /** Left out when the folder was opened, with a reason that names the file. */
  readonly leftOut: number;
  /** Refused by name when they were read. */
  readonly refused: number;
}

/** For the filter that resamples, 64 MiB at most, and for what is decoded. */
const memoryBytes = 96 * 2 ** 20;

/**
 * Opens a folder with one damaged file beside a whole one, `cases` times, and reads the damaged one where it was not left out.
 *
 * @throws {Error} on the first case that ends in any other way, with its number and the file in base64.
 */
export async function fuzzCorpus(cases: number, seed: number): Promise<CorpusOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'cpc-corpus-fuzz-'));
  const outcome = { read: 0, leftOut: 0, refused: 0 };
  try {
    await writeFile(join(folder, 'whole.wav'), encodeWav({ sampleRateHz: 16_000, channels: [new Float32Array(160)] }));
    for (let index = 0; index < cases; index += 1) {
      const random = createRandom(seed).fold(index);
      const bytes = mutate(audioFiles[random.integer(audioFiles.length)] ?? new Uint8Array(), random);
      outcome[await outcomeOf(folder, bytes, index)] += 1;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return outcome;
}

async function outcomeOf(folder: string, bytes: Uint8Array, index: number): Promise<keyof CorpusOutcome> {
  await writeFile(join(folder, 'damaged.wav'), bytes);
  const memory = new AllocationLimit();
  try {
    runInTime(() => decodeOrRefuse(bytes)); // no limit can end what hangs between two awaits: the decoder is tried before
    memory.begin(memoryBytes);
    try {
      return await openAndRead(folder);
    } finally {
      memory.end();
    }
  } catch (cause) {
    if (DamagedFileError.isInstance(cause) && cause.message.startsWith('damaged.wav')) return 'refused';
    const file = Buffer.from(bytes.subarray(0, 3_000)).toString('base64');
    throw new Error(`corpus, case ${index}: ${String(cause)}\n${bytes.length} bytes: ${file}`, { cause });
  }
}

function decodeOrRefuse(bytes: Uint8Array): void {
  try {
    decodeAudio(bytes, 'damaged.wav');
  } catch {
    // what it throws is judged when the corpus throws it
  }
}

async function openAndRead(folder: string): Promise<'read' | 'leftOut'> {
  const corpus = await openSpeechCorpus(folder, { cacheBytes: 0 });
  const index = corpus.recordings.findIndex(({ id }) => id === 'damaged');
  if (index === -1) {
    const [skipped, ...others] = corpus.skipped;
    const isNamed = skipped?.path === 'damaged.wav' && skipped.reason.startsWith('damaged.wav');
    if (!isNamed || others.length > 0) throw new Error(`left out: ${JSON.stringify(corpus.skipped)}`);
    return 'leftOut';
  }
  const samples = await corpus.read(index);
  const expected = corpus.recordings[index]?.sampleCount;
  if (samples.length !== expected) throw new Error(`${samples.length} of ${expected} samples`);
  if (!samples.every(Number.isFinite)) throw new Error('a sample that is not finite');
  return 'read';
}
