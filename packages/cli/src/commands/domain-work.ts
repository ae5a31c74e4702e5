/** Runs a domain's work in a thread of its own, with progress on stderr and Ctrl-C meaning "finish the step, save, leave". */

import { finalSteps, type TrainingEvent } from '@cpc/records';
import { type Outcome, type TaskEvent, type TrainingFolder, visibleLine } from '@cpc/runs/commands';
import type { FoundDomain } from '../domains/find-domain.js';
import { commandsExport } from '../domains/load-domain.js';
import { listenForInterrupts } from '../terminal/interrupts.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { followTraining, type TrainingSummary } from './training-summary.js';

export interface WorkOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Calls `work` with a progress display and a signal that aborts at the first SIGINT, SIGTERM or SIGHUP. */
export async function withProgress<Result>(work: (options: WorkOptions) => Promise<Result>): Promise<Result> {
  const progress = createProgress();
  const interrupts = listenForInterrupts(
    () => progress.say('Finishing what is under way, then saving and leaving. Once more leaves at once.'),
    () => progress.say('Left at once.'),
  );
  try {
    return await work({ progress, signal: interrupts.signal });
  } finally {
    progress.pause();
    interrupts.release();
  }
}

/** A command of a domain, and what to call it with. */
export interface DomainJob<Request extends object> {
  readonly domain: Pick<FoundDomain, 'url'>;
  readonly command: string;
  readonly request: Request;
}

/** Trains a domain's model. */
export async function train(
  job: DomainJob<Pick<TrainingFolder, 'out' | 'resume'>>,
  { progress, signal }: WorkOptions,
): Promise<TrainingSummary> {
  const { readLastMetrics, runInWorker } = await import('@cpc/runs');
  const { out, resume } = job.request;
  return followTraining(runInWorker<TrainingEvent>(workerJob(job), { signal }), progress, {
    stopRequested: () => signal.aborted,
    ...(resume ? { earlierSteps: () => readLastMetrics(out, finalSteps) } : {}),
  });
}

/** Runs a task to its end, or until it stops. */
export async function runTask(job: DomainJob<object>, { progress, signal }: WorkOptions): Promise<Outcome> {
  const { runInWorker } = await import('@cpc/runs');
  const events: { readonly type: string }[] = [];
  const files: Outcome['files'][number][] = [];
  const warnings: string[] = [];
  for await (const event of runInWorker<TaskEvent>(workerJob(job), { signal })) {
    if (event.type === 'file-written') files.push({ path: event.path, description: event.description });
    else if (event.type === 'warning') {
      warnings.push(event.message);
      progress.say(`warning: ${visibleLine(event.message)}`);
    } else if (event.type === 'progress') {
      const { label, done, total } = event;
      progress.update({ ...(total > 0 ? { fraction: done / total } : {}), text: `${label}  ${done}/${total}` });
    } else events.push(event);
  }
  return { status: signal.aborted ? 'interrupted' : 'completed', events, files, warnings };
}

function workerJob({ domain, command, request }: DomainJob<object>) {
  return { module: domain.url, object: commandsExport, method: `commands.${command}.run`, request };
}
