/**
 * What `cpc audio probe` asks of features: phones, speakers or digits. A task says which frames carry which class and what is
 * held out, and knows nothing of where features come from.
 */
import { CpcError } from '@cpc/core';
import type { SpeechCorpus } from '../data/corpus.js';
import type { ProbedRows, ProbeSplits } from '../probes/splits.js';
import type { SpeechProbeRequest } from './probe-request.js';
import { digitTask } from './tasks/digit-task.js';
import { phoneTask } from './tasks/phone-task.js';
import { speakerTask } from './tasks/speaker-task.js';

export interface ProbeTask {
  readonly name: string;
  readonly corpus: SpeechCorpus;
  /** Indices of the recordings that have labels. */
  readonly recordings: readonly number[];
  readonly classes: number;
  /** Names of the classes, by label. */
  readonly classNames: readonly string[];
  /** In words: which label a frame takes; absent where all frames of a recording have the same. */
  readonly alignment?: string;
  /** One class per frame of a recording, -1 for frames that do not count. */
  readonly labelsOf: (recording: number, frames: number) => Int32Array;
  /** What is held out of a table of these recordings' frames. */
  readonly splits: (rows: ProbedRows) => ProbeSplits;
  /** The speaker of a recording, where the splits hold whole speakers out; absent where speakers stand on both sides. */
  readonly groupOf?: (recording: number) => string;
  /** What was left out, for people. */
  readonly warnings: readonly string[];
}

const tasks: Readonly<Record<string, (request: SpeechProbeRequest) => Promise<ProbeTask>>> = {
  phones: phoneTask,
  speakers: speakerTask,
  digits: digitTask,
};

export const speechTasks: readonly string[] = Object.keys(tasks);

/** @throws {CpcError} if there is no such task, or the data do not have what it takes. */
export async function openTask(request: SpeechProbeRequest): Promise<ProbeTask> {
  const open = Object.hasOwn(tasks, request.task) ? tasks[request.task] : undefined;
  if (open !== undefined) return open(request);
  throw new CpcError({
    where: 'probe',
    expected: `a task out of ${speechTasks.join(', ')}`,
    received: `"${request.task}"`,
  });
}
