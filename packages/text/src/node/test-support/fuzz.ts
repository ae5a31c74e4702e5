/** Feeds a reader damaged files, and judges: a right reading, or a refusal that names the file, within a second. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CpcError, createRandom } from '@cpc/core';
import { mutate } from '@cpc/testing';
import type { FuzzedReader } from './fuzzed-readers.js';

export interface FuzzOutcome {
  readonly read: number;
  readonly refused: number;
}

/** For one file; a hundred times what it should take, so that other programs on the machine do not count. */
const limitMilliseconds = 2_000;

/**
 * Reads `cases` damaged files; with 0 the whole ones, once. Case n is the same whatever `cases` is.
 *
 * @throws {Error} on the first case that is neither read nor refused, or takes too long, with its number and the file in base64.
 */
export async function fuzz(reader: FuzzedReader, cases: number, seed: number): Promise<FuzzOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'cpc-fuzz-'));
  const [[damagedName, whole] = ['', new Uint8Array(0)]] = Object.entries(reader.files);
  const path = join(folder, damagedName);
  const outcome = { read: 0, refused: 0 };
  try {
    for (const [name, bytes] of Object.entries(reader.files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    if (cases === 0) outcome[await outcomeOf(reader, folder, path)] += 1;
    for (let index = 0; index < cases; index++) {
      const bytes = mutate(whole, createRandom(seed).fold(reader.name, index));
      await writeFile(path, bytes);
      outcome[await judged(reader, { folder, path, index, bytes })] += 1;
    }
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Case {
  readonly folder: string;
  readonly path: string;
  readonly index: number;
  readonly bytes: Uint8Array;
}

async function judged(reader: FuzzedReader, { folder, path, index, bytes }: Case): Promise<keyof FuzzOutcome> {
  try {
    const started = performance.now();
    const outcome = await outcomeOf(reader, folder, path);
    const milliseconds = performance.now() - started;
    if (milliseconds > limitMilliseconds) throw new Error(`took ${milliseconds} ms`);
    return outcome;
  } catch (cause) {
    const file = Buffer.from(bytes.subarray(0, 3_000)).toString('base64');
    throw new Error(`${reader.name}, case ${index}: ${String(cause)}\n${bytes.length} bytes: ${file}`, { cause });
  }
}

async function outcomeOf(reader: FuzzedReader, folder: string, path: string): Promise<keyof FuzzOutcome> {
  try {
    await reader.read(folder, path);
    return 'read';
  } catch (error) {
    if (CpcError.isInstance(error) && error.message.includes(folder)) return 'refused';
    throw error;
  }
}
