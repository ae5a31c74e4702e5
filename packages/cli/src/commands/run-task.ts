/** Runs a task of any domain: progress, report, and how to resume. */
import { type Outcome, type Report, type TaskCommand, table } from '@cpc/runs/commands';
import type { LoadedCommands } from '../domains/load-domain.js';
import { exitCodes } from '../errors.js';
import type { General } from '../options/general-options.js';
import type { Context } from './context.js';
import { runTask, withProgress } from './domain-work.js';
import { namingResume } from './naming-resume.js';

export async function runTaskCommand(
  domain: LoadedCommands,
  command: TaskCommand,
  request: object,
  { output, json }: Context & Pick<General, 'json'>,
): Promise<number> {
  const folder = command.folder?.(request);
  if (folder !== undefined) output.words(`Folder of the runs: ${folder.path}`);
  const outcome = await withProgress(async (work) => {
    const outcome = await namingResume(
      () => folder?.again,
      () => runTask({ domain, command: command.name, request }, work),
    );
    const isCut = work.signal.aborted && command.isComplete?.(outcome) !== true;
    return { ...outcome, status: isCut ? 'interrupted' : 'completed' } as const;
  });
  const {
    json: object,
    text,
    isResult,
    notes = [],
  } = await (command.report?.(outcome, request) ?? reportFiles(outcome, request));
  if (json) output.json(object);
  else {
    if (text !== undefined) (isResult === true ? output.result : output.summary)(text);
    for (const note of notes) output.words(note);
  }
  if (outcome.status === 'completed') return exitCodes.done;
  if (folder !== undefined) output.words(`Interrupted. To go on:\n  ${folder.again}`);
  return exitCodes.interrupted;
}

/** The report of a command that says nothing of its own: which files it wrote. */
function reportFiles({ status, files, warnings }: Outcome, request: object): Report {
  const text = files.length > 0 ? table(files.map(({ path, description }) => [path, description])) : undefined;
  return { json: { ...('run' in request ? { run: request.run } : {}), status, files, warnings }, text };
}
