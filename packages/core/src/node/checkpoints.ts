/**
 * Checkpoints as files of one folder: `step-00000500.safetensors`.
 *
 * A file appears whole or not at all (`atomic-file.ts`), carries a checksum (`checkpoint-file.ts`), and an older one
 * stands in for one that is damaged.
 */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type CheckpointPlace, type CheckpointStore, defaultKeptCheckpoints } from '../checkpoint-store.js';
import { CpcArgumentError, CpcError } from '../errors.js';
import { removeTemporaryFiles, writeFileAtomically } from './atomic-file.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.js';
import { isMissing, readRegularFile } from './files/regular-file.js';
import { describedSystemError } from './system-errors.js';

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
  if (!Number.isInteger(keep) || keep < 1) {
    const expected = 'keep to be a whole number from 1';
    throw new CpcArgumentError({ where: 'createCheckpointStore', argument: 'keep', expected, received: keep });
  }
  return {
    save: async (checkpoint) => {
      const bytes = encodeCheckpoint(checkpoint);
      const path = join(folder, `step-${String(checkpoint.step).padStart(8, '0')}.safetensors`);
      await mkdir(folder, { recursive: true });
      await removeTemporaryFiles(folder);
      await writeFileAtomically(path, bytes);
      await forget(await listFolder(folder), checkpoint.step, keep);
      return path;
    },
    latest: async (onDamaged) => {
      for (const { path } of (await listFolder(folder)).reverse()) {
        try {
          return decodeCheckpoint(await readRegularFile(path), path);
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
  await Promise.all(places.filter((place) => !kept.has(place)).map(({ path }) => rm(path, { force: true })));
}
