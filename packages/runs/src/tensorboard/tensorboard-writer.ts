/**
 * Appends scalars to a TensorBoard event file. Every writer makes a file of its own: TensorBoard reads all of a folder.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { namingFile } from '@cpc/base/node';
import { makeFolder } from '../files/make-folder.js';
import { encodeFileVersion, encodeScalars, encodeSessionStart } from './tensorboard-events.js';

/** An open event file. */
export interface TensorBoardWriter {
  readonly path: string;
  /** Appends a step's scalars, by tag. Calls are written in order. */
  write(step: number, time: Date, scalars: Readonly<Record<string, number>>): Promise<void>;
  /** Waits for what is under way, and closes the file. */
  close(): Promise<void>;
}

/**
 * Makes `events.out.tfevents.<seconds>.<host>.<process>.<number>` in a folder.
 *
 * @param nextStep - the first step to come. From 1 on, TensorBoard is told to drop what files of earlier sittings hold
 *   for that step and later ones.
 * @param now - when the file begins, which is part of its name.
 */
export async function createTensorBoardWriter(
  folder: string,
  nextStep = 0,
  now = new Date(),
): Promise<TensorBoardWriter> {
  const seconds = now.getTime() / 1000;
  await makeFolder(folder);
  const { path, file } = await openNew(
    join(folder, `events.out.tfevents.${Math.floor(seconds)}.${safeHost()}.${process.pid}`),
  );
  const append = (bytes: Uint8Array) => namingFile(path, () => file.appendFile(bytes));
  await append(encodeFileVersion(seconds));
  if (nextStep > 0) await append(encodeSessionStart(nextStep, seconds));
  let written: Promise<void> = Promise.resolve();
  return {
    path,
    write: (step, time, scalars) => {
      written = written.then(() => append(encodeScalars(step, time.getTime() / 1000, scalars)));
      return written;
    },
    close: async () => {
      await written.catch(() => undefined); // whoever called write has been told
      await namingFile(path, () => file.close());
    },
  };
}

/** The first of `<stem>.0`, `<stem>.1`, … that does not exist yet. */
async function openNew(stem: string): Promise<{ path: string; file: FileHandle }> {
  for (let number = 0; ; number++) {
    const path = `${stem}.${number}`;
    try {
      return { path, file: await open(path, 'ax') };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function safeHost(): string {
  return hostname().replaceAll(/[^\w-]/g, '_');
}
