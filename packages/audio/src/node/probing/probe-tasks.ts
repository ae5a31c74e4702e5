/**
 * What `cpc audio probe` asks of features: phones, speakers or digits. A task says which frames carry which class and what is
 * held out, and knows nothing of where features come from.
 */
import { CpcError } from '@cpc/core';
import type { SpeechProbeRequest } from './probe-request.js';
import { digitTask } from './tasks/digit-task.js';
import { phoneTask } from './tasks/phone-task.js';
import type { ProbeTask } from './tasks/probe-task.js';
import { speakerTask } from './tasks/speaker-task.js';

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
