/** Files to write that are looked at before work begins. */
import { stat } from 'node:fs/promises';
import { requireOutputFile } from '../files/output-file.js';

/** What a command reads. */
export interface Inputs {
  /** A run folder. */
  readonly run?: string | undefined;
  /** A file or folder, or `builtin`. */
  readonly data?: string | undefined;
  /** Further ones; those that are no paths do no harm. */
  readonly others?: readonly (string | undefined)[] | undefined;
}

/** @throws {CpcArgumentError} if no file can be written there, or it would replace one that the command reads. */
export async function requireOutput(option: string, path: string | undefined, inputs: Inputs = {}): Promise<void> {
  if (path === undefined) return;
  const { runPaths } = await import('../run-folder/run-folder.js'); // it brings TensorFlow.js along
  const { run, data, others = [] } = inputs;
  const ofRun = run === undefined ? [] : [runPaths(run).model, runPaths(run).checkpoints, runPaths(run).record];
  const read = [await readFrom(data, path), ...others].filter((file) => file !== undefined);
  await requireOutputFile(option, path, [...ofRun, ...read]);
}

/** A folder of data may hold earlier outputs, which a command run again replaces; a picture in it is taken for data. */
async function readFrom(data: string | undefined, output: string): Promise<string | undefined> {
  if (data === undefined || /\.(png|gif)$/i.test(output)) return data;
  const info = await stat(data).catch(() => undefined);
  return info?.isFile() === true ? data : undefined;
}
