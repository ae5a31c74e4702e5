/** Runs a domain's work in a thread of its own, with progress on stderr and Ctrl-C meaning "finish the step, save, leave". */

import { type EvaluationResult, finalSteps, type ProbeResult, type TrainingEvent } from '@cpc/records';
import type { TaskEvent, TrainRequest } from '@cpc/runs';
import type { FoundDomain } from '../domains/find-domain.js';
import { commandsExport } from '../domains/load-domain.js';
import { listenForInterrupts } from '../terminal/interrupts.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { visibleLine } from '../terminal/visible.js';
import { followTraining, type TrainingSummary } from './training-summary.js';

export interface WorkOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface FileWritten {
  readonly path: string;
  readonly description: string;
}

export interface Neighbour {
  readonly label: string;
  readonly similarity: number;
}

export interface TaskSummary {
  readonly neighbours: readonly Neighbour[];
  readonly evaluations: readonly EvaluationResult[];
  readonly results: readonly ProbeResult[];
  readonly files: readonly FileWritten[];
  readonly warnings: readonly string[];
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

/** Trains a domain's model. */
export async function train(
  domain: FoundDomain,
  request: TrainRequest,
  { progress, signal }: WorkOptions,
): Promise<TrainingSummary> {
  const { readLastMetrics, runInWorker } = await import('@cpc/runs');
  const events = runInWorker<TrainingEvent>(jobOf(domain, 'train', request), { signal });
  return followTraining(events, progress, {
    stopRequested: () => signal.aborted,
    ...(request.resume ? { earlierSteps: () => readLastMetrics(request.out, finalSteps) } : {}),
  });
}

/** Probes, embeds, exports, ablates, evaluates, sweeps, or looks for neighbours or exemplars. */
export async function runTask(
  domain: FoundDomain,
  method:
    | 'probe'
    | 'embed'
    | 'export'
    | 'ablation.run'
    | 'neighbours.run'
    | 'exemplars.run'
    | 'evaluation.run'
    | 'sweep.run',
  request: unknown,
  { progress, signal }: WorkOptions,
): Promise<TaskSummary> {
  const { runInWorker } = await import('@cpc/runs');
  const evaluations: EvaluationResult[] = [];
  const results: ProbeResult[] = [];
  const neighbours: Neighbour[] = [];
  const files: FileWritten[] = [];
  const warnings: string[] = [];
  for await (const event of runInWorker<TaskEvent>(jobOf(domain, method, request), { signal })) {
    if (event.type === 'probe-end') results.push(event.result);
    else if (event.type === 'evaluation-end') evaluations.push(event.result);
    else if (event.type === 'neighbour-found') neighbours.push({ label: event.label, similarity: event.similarity });
    else if (event.type === 'file-written') files.push({ path: event.path, description: event.description });
    else if (event.type === 'warning') {
      warnings.push(event.message);
      progress.say(`warning: ${visibleLine(event.message)}`);
    } else {
      const { label, done, total } = event;
      progress.update({ ...(total > 0 ? { fraction: done / total } : {}), text: `${label}  ${done}/${total}` });
    }
  }
  return { evaluations, results, neighbours, files, warnings };
}

function jobOf({ url }: FoundDomain, method: string, request: unknown) {
  return { module: url, object: commandsExport, method, request };
}
