/**
 * The folder of a run: its record, its metrics, its checkpoints, and what it exported.
 *
 *   run.json                 the run record, replaced whole on every change
 *   metrics.jsonl            a line per logged step, appended
 *   events.out.tfevents.*    the same for TensorBoard, one file per sitting
 *   checkpoints/             parameters and moments of the newest steps
 *   model.safetensors, encoder.onnx, context.onnx, report.html
 *
 *   run.lock                 while something trains into the folder: which process it is
 *
 * A run that was killed may have logged steps that came after its last checkpoint. It will take those steps again, so
 * resuming first drops their lines: the files then equal those of a run that was never interrupted.
 */
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CpcError } from '@cpc/base';
import { describedSystemError, namingFile } from '@cpc/base/node';
import { type Checkpoint, type CheckpointStore, newestWhole } from '@cpc/core';
import {
  formatMetricsLine,
  formatRunRecord,
  type MetricsLine,
  metricsLineOf,
  parseRunRecord,
  type RunRecord,
  type TrainingEventOf,
} from '@cpc/records';
import { createCheckpointStore, tidyCheckpoints } from '../checkpoints/checkpoints.js';
import { removeTemporaryFiles, writeFileAtomically } from '../files/atomic-file.js';
import { makeFolder } from '../files/make-folder.js';
import { readRegularTextIfThere } from '../files/regular-file.js';
import { syncFile } from '../files/synced.js';
import { scalarsOfStep } from '../tensorboard/step-scalars.js';
import { createTensorBoardWriter } from '../tensorboard/tensorboard-writer.js';
import { cutOff, endOfSteps, metricsLines } from './metrics-file.js';
import { type FileLock, takeLock, withLock } from './run-lock.js';

/** Where the files of a run lie. */
export interface RunPaths {
  readonly record: string;
  readonly metrics: string;
  readonly checkpoints: string;
  readonly model: string;
  readonly encoder: string;
  readonly context: string;
  readonly report: string;
}

/** A run's folder, open for writing. One at a time: a second one is refused until this one is closed. */
export interface RunFolder {
  readonly paths: RunPaths;
  /** The run record as this writer last wrote it. */
  readonly record: RunRecord;
  /** Updates that the newest good checkpoint had seen when the folder was opened; 0 for a new run. */
  readonly resumedStep: number;
  /** Saving also makes sure that the metrics up to then outlive a power cut. */
  readonly checkpoints: CheckpointStore;
  /**
   * Replaces fields of the run record, on disk too. Fields that another program wrote meanwhile, such as a probe's result,
   * are kept.
   *
   * @throws {RecordError} if a field is wrong; the file stays as it was.
   */
  update(change: Partial<RunRecord>): Promise<void>;
  /**
   * Makes sure that this process is still the folder's one writer, before it writes more; saving, updating and logging do so too.
   *
   * @throws {CpcError} if another process took over the folder, because this one gave no sign of life.
   */
  requireHeld(): Promise<void>;
  /** Logs a step to `metrics.jsonl` and TensorBoard. */
  append(event: TrainingEventOf<'step-end'>, time?: Date): Promise<void>;
  /** Waits for what is under way, and closes the files. The record keeps its status: `update` that first. */
  close(): Promise<void>;
}

export interface RunFolderOptions {
  /** how many checkpoints to keep; 3 if left out */
  readonly keepCheckpoints?: number;
  /** Is told why opening takes long: a process of another container or machine may be training into the folder. */
  readonly onWait?: (message: string) => void;
}

export interface ResumeOptions extends RunFolderOptions {
  /**
   * Looks at the run before anything in its folder changes, and gives the record to go on with. What it throws leaves the
   * folder as it was. Left out: the record stays.
   */
  readonly admit?: (record: RunRecord, checkpoint: Checkpoint | undefined) => RunRecord;
}

/** Where the files of a run in that folder lie, whether they exist or not. */
export function runPaths(folder: string): RunPaths {
  return {
    record: join(folder, 'run.json'),
    metrics: join(folder, 'metrics.jsonl'),
    checkpoints: join(folder, 'checkpoints'),
    model: join(folder, 'model.safetensors'),
    encoder: join(folder, 'encoder.onnx'),
    context: join(folder, 'context.onnx'),
    report: join(folder, 'report.html'),
  };
}

/**
 * Starts a run in a folder that holds none. The folder is made if it does not exist.
 *
 * @throws {CpcError} if the folder holds a run already, or cannot be written.
 * @throws {RecordError} if the record is wrong; nothing has been written then.
 */
export async function createRunFolder(
  folder: string,
  record: RunRecord,
  options: RunFolderOptions = {},
): Promise<RunFolder> {
  const paths = runPaths(folder);
  const text = formatRunRecord(record, paths.record);
  await makeRunFolder(folder);
  return holding(folder, options, async (lock) => {
    await refuseExistingRun(folder);
    await writeFileAtomically(paths.record, text);
    return openFiles(folder, { record, lock, resumedStep: 0, nextStep: 0 }, options);
  });
}

/**
 * Opens the folder of a run that is to go on: from its newest good checkpoint, or from the beginning if it has saved none.
 * Logged steps that came later are dropped, and the record's status is `running` again.
 *
 * All that can be refused is refused before the first change: a refused run is as it was.
 *
 * @throws {CpcError} if the folder holds no run, or checkpoints of which none is whole; or what `admit` throws.
 * @throws {RecordError} if `run.json` or a complete line of `metrics.jsonl` is damaged.
 */
export async function resumeRunFolder(folder: string, options: ResumeOptions = {}): Promise<RunFolder> {
  const { admit = (record: RunRecord) => record } = options;
  const paths = runPaths(folder);
  await readRunRecord(folder); // no lock is left where there is no run
  return holding(folder, options, async (lock) => {
    const before = await readRunRecord(folder);
    const checkpoint = await newestWhole(createCheckpointStore(paths.checkpoints), paths.checkpoints);
    const resumedStep = checkpoint?.step ?? 0;
    const metricsEnd = await endOfSteps(paths.metrics, resumedStep);
    formatRunRecord(admit(before, checkpoint), paths.record); // what it refuses has changed nothing yet
    await removeTemporaryFiles(folder, lock.silent);
    await tidyCheckpoints(paths.checkpoints, resumedStep, { keep: options.keepCheckpoints, silent: lock.silent });
    await cutOff(paths.metrics, metricsEnd);
    const record = await replaceRunRecord(folder, (current) => {
      const { ended: _ended, error: _error, ...rest } = admit(current, checkpoint);
      return { ...rest, status: 'running' };
    });
    return openFiles(folder, { record, lock, resumedStep, nextStep: resumedStep + 1 }, options);
  });
}

/** Opens a folder under the lock of its one writer, which is given back if that fails. */
async function holding(
  folder: string,
  { onWait }: RunFolderOptions,
  open: (lock: FileLock) => Promise<RunFolder>,
): Promise<RunFolder> {
  const waiting = onWait === undefined ? {} : { onWait };
  const lock = await takeLock(join(folder, 'run.lock'), { purpose: 'is training', isLong: true, ...waiting });
  try {
    return await open(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Replaces fields of the record of the run in a folder. Whatever else writes the record at that moment is waited for, a
 * training run included, and neither undoes what the other did.
 *
 * @param change - gives the fields to replace, from the record as it is.
 * @returns the record as it is now.
 * @throws {CpcError} if the folder holds no run, or another process keeps the record to itself for 10 s.
 * @throws {RecordError} if `run.json` is damaged or a field is wrong; the file stays as it was.
 *
 * @example
 * await updateRunRecord('runs/first', ({ probes }) => ({ probes: [...probes, result] }));
 */
export async function updateRunRecord(
  run: string,
  change: (record: RunRecord) => Partial<RunRecord>,
): Promise<RunRecord> {
  return replaceRunRecord(run, (record) => ({ ...record, ...change(record) }));
}

async function replaceRunRecord(run: string, change: (record: RunRecord) => RunRecord): Promise<RunRecord> {
  const path = runPaths(run).record;
  await readRunRecord(run); // no lock is left where there is no run
  const options = { purpose: 'is changing run.json', waitMilliseconds: longestWaitMilliseconds };
  return withLock(`${path}.lock`, options, async () => {
    const changed = change(await readRunRecord(run));
    await writeFileAtomically(path, formatRunRecord(changed, path));
    return changed;
  });
}

const longestWaitMilliseconds = 10_000;

/**
 * The record of the run in a folder.
 *
 * @throws {CpcError} if the folder holds no run.
 * @throws {RecordError} if `run.json` is damaged.
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = runPaths(folder).record;
  const text = await readRegularTextIfThere(path);
  if (text !== undefined) return parseRunRecord(text, path);
  throw new CpcError({
    where: folder,
    expected: 'the folder of a run, with run.json in it',
    received: 'no such file',
    fix: 'Check the path, or start a run there without --resume.',
  });
}

/**
 * What the run in a folder has logged, oldest step first; nothing if it has not logged yet.
 *
 * @throws {RecordError} if a complete line is damaged.
 */
export async function readMetrics(folder: string): Promise<MetricsLine[]> {
  const lines: MetricsLine[] = [];
  for await (const { line } of metricsLines(runPaths(folder).metrics)) lines.push(line);
  return lines;
}

/** The last lines of them; memory does not grow with the file. */
export async function readLastMetrics(folder: string, count: number): Promise<MetricsLine[]> {
  const lines: MetricsLine[] = [];
  for await (const { line } of metricsLines(runPaths(folder).metrics)) {
    lines.push(line);
    if (lines.length > count) lines.shift();
  }
  return lines;
}

interface OpenedRun {
  readonly record: RunRecord;
  readonly lock: FileLock;
  readonly resumedStep: number;
  /** From which step on TensorBoard drops what earlier sittings wrote; 0 if there were none. */
  readonly nextStep: number;
}

async function openFiles(folder: string, opened: OpenedRun, { keepCheckpoints }: RunFolderOptions): Promise<RunFolder> {
  const { lock, resumedStep, nextStep } = opened;
  const paths = runPaths(folder);
  const store = createCheckpointStore(paths.checkpoints, keepCheckpoints);
  const metrics = await open(paths.metrics, 'a');
  const tensorBoard = await createTensorBoardWriter(folder, nextStep);
  const inTurn = createQueue();
  let { record } = opened;
  return {
    paths,
    resumedStep,
    get record() {
      return record;
    },
    checkpoints: {
      ...store,
      save: async (checkpoint) => {
        await inTurn(() => namingFile(paths.metrics, () => syncFile(metrics)));
        await lock.requireHeld();
        return store.save(checkpoint);
      },
    },
    requireHeld: lock.requireHeld,
    update: (change) =>
      inTurn(async () => {
        await lock.requireHeld();
        record = await updateRunRecord(folder, () => change);
      }),
    append: (event, time = new Date()) =>
      inTurn(async () => {
        await lock.requireHeld();
        const line = formatMetricsLine(metricsLineOf(event, time), paths.metrics);
        await namingFile(paths.metrics, () => metrics.appendFile(line));
        await tensorBoard.write(event.step, time, scalarsOfStep(event));
      }),
    close: () =>
      inTurn(async () => {
        try {
          await namingFile(paths.metrics, () => syncFile(metrics));
        } finally {
          await Promise.allSettled([metrics.close(), tensorBoard.close(), lock.release()]);
        }
      }),
  };
}

/** Runs one action at a time, in the order in which they came; one that fails does not stop the next. */
function createQueue(): (action: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (action) => {
    const current = last.then(action);
    last = current.catch(() => undefined); // the caller of this action is told; the next one need not be
    return current;
  };
}

async function makeRunFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw describedSystemError(error);
  }
}

async function refuseExistingRun(folder: string): Promise<void> {
  const names = await readdir(folder);
  const found = ['run.json', 'metrics.jsonl'].find((name) => names.includes(name));
  const [checkpoint] = await createCheckpointStore(runPaths(folder).checkpoints).list();
  if (found === undefined && checkpoint === undefined) return;
  if (await isRunWithoutWork(folder)) return clearRun(folder, names);
  throw new CpcError({
    where: folder,
    expected: 'a folder without a run',
    received: found ?? `a checkpoint of step ${checkpoint?.step}`,
    fix: 'Go on with that run by --resume, or give another folder by --out.',
  });
}

/** A run that failed before its first update: nothing is lost where another one takes its place. */
export async function isRunWithoutWork(folder: string): Promise<boolean> {
  const record = await readRunRecord(folder).catch(() => undefined);
  const metrics = await stat(runPaths(folder).metrics).catch(() => undefined);
  return record?.status === 'failed' && record.totals.steps === 0 && (metrics?.size ?? 0) === 0;
}

async function clearRun(folder: string, names: readonly string[]): Promise<void> {
  const ours = names.filter(
    (name) => name === 'run.json' || name === 'metrics.jsonl' || /^events\.out\.tfevents\./.test(name),
  );
  for (const name of ours) await rm(join(folder, name));
  await rm(runPaths(folder).checkpoints, { recursive: true, force: true }); // of step 0, where the run began from another one
}
