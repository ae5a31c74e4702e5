/**
 * Checkpoints as files of one folder: `step-00000500.safetensors`.
 *
 * A file appears whole or not at all (`atomic-file.ts`), carries a checksum (`checkpoint-file.ts`), and an older one
 * replaces one that cannot be read, whatever the reason: damaged, a directory, a FIFO, a dangling link, no permission.
 */
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CpcArgumentError, CpcError } from '@cpc/base';
import { describedSystemError } from '@cpc/base/node';
import { type CheckpointPlace, type CheckpointStore, defaultKeptCheckpoints } from '@cpc/core';
import { removeTemporaryFiles } from '../files/atomic-file.js';
import { makeFolder } from '../files/make-folder.js';
import { isMissing } from '../files/regular-file.js';
import type { ProcessMark } from '../run-folder/process-mark.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';

const fileName = /^step-(\d{8,})\.safetensors$/;

/**
 * A store in a folder, which is made when the first checkpoint is saved. Saving also clears away what killed writers
 * left there.
 *
 * @param folder - holds checkpoints of one run only.
 * @param keep - how many checkpoints to keep, at least 1.
 * @throws {CpcArgumentError} if `keep` is not a whole number from 1.
 *
 * @example
 * const store = createCheckpointStore('run/checkpoints');
 * const checkpoint = await store.latest(({ path, reason }) => console.warn(`${path} is damaged: ${reason}`));
 */
export function createCheckpointStore(folder: string, keep: number = defaultKeptCheckpoints): CheckpointStore {
  requireKeep(keep);
  return {
    save: async (checkpoint) => {
      const path = join(folder, `step-${String(checkpoint.step).padStart(8, '0')}.safetensors`);
      await makeFolder(folder);
      await removeTemporaryFiles(folder);
      await setDirectoryAside(path);
      await writeCheckpoint(path, checkpoint);
      await forget(await listFolder(folder), checkpoint.step, keep);
      return path;
    },
    latest: async (onDamaged) => {
      for (const { path } of (await listFolder(folder)).reverse()) {
        try {
          return await readCheckpoint(path);
        } catch (thrown) {
          const error = describedSystemError(thrown);
          if (!CpcError.isInstance(error)) throw thrown;
          onDamaged?.({ path, reason: error.message });
        }
      }
      return undefined;
    },
    list: () => listFolder(folder),
  };
}

export interface TidyOptions {
  /** how many checkpoints to keep; default 3 */
  readonly keep?: number | undefined;
  /** Processes that count as gone, of those that cannot be asked. */
  readonly silent?: readonly ProcessMark[];
}

/**
 * Clears away what a killed writer left in a folder of checkpoints: parts of files, and checkpoints older than those to keep.
 * Nobody may be writing there meanwhile.
 *
 * @param step - of the newest whole checkpoint; later ones, which cannot be read, stay.
 */
export async function tidyCheckpoints(
  folder: string,
  step: number,
  { keep = defaultKeptCheckpoints, silent = [] }: TidyOptions = {},
): Promise<void> {
  requireKeep(keep);
  const places = await listFolder(folder);
  const readable = places.filter((place) => place.step <= step);
  await Promise.all(readable.slice(0, -keep).map(({ path }) => removeCheckpoint(path)));
  await removeTemporaryFiles(folder, silent);
}

function requireKeep(keep: number): void {
  if (Number.isInteger(keep) && keep >= 1) return;
  const expected = 'keep to be a whole number from 1';
  throw new CpcArgumentError({ where: 'createCheckpointStore', argument: 'keep', expected, received: keep });
}

async function listFolder(folder: string): Promise<CheckpointPlace[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const digits = fileName.exec(name)?.[1];
      return digits === undefined ? [] : [{ step: Number(digits), path: join(folder, name) }];
    })
    .sort((left, right) => left.step - right.step);
}

async function forget(places: readonly CheckpointPlace[], savedStep: number, keep: number): Promise<void> {
  const kept = new Set(places.filter(({ step }) => step <= savedStep).slice(-keep));
  await Promise.all(places.filter((place) => !kept.has(place)).map(({ path }) => removeCheckpoint(path)));
}

async function removeCheckpoint(path: string): Promise<void> {
  await setDirectoryAside(path);
  await rm(path, { force: true });
}

/** A directory under the name of a checkpoint is not ours to delete, but must not stop the run. */
async function setDirectoryAside(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  for (let number = 1; ; number++) {
    const place = `${path}.set-aside-${number}`;
    if ((await lstat(place).catch(() => undefined)) === undefined) return rename(path, place);
  }
}
