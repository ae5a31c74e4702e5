/** What to type after a training run. */
import { join } from 'node:path';
import type { DomainCommands, TrainRequest } from '@cpc/runs';
import { shellCommand } from '../terminal/text.js';

const builtIn = 'builtin';

/**
 * Commands that probe, embed or evaluate the run, whichever its domain has, and export it; each can be typed as it stands, but for words that a domain has a person fill in
 * because it probes or embeds other data than it trains on.
 */
export function nextCommands(commands: DomainCommands, { out, data }: Pick<TrainRequest, 'out' | 'data'>): string[] {
  const { name, otherData = {} } = commands;
  const source = (use: keyof typeof otherData) =>
    data === builtIn ? ['--builtin'] : ['--data', otherData[use] ?? data];
  const embeddings = ['--out', join(out, 'embeddings.npy')];
  return [
    ...(commands.probe === undefined ? [] : [['probe', '--run', out, ...source('probe'), ...taskOf(commands, data)]]),
    ...(commands.embed === undefined ? [] : [['embed', '--run', out, ...source('embed'), ...embeddings]]),
    ...(commands.evaluation === undefined ? [] : [['evaluate', '--run', out]]),
    ['export', '--run', out, '--out', join(out, `${name}.onnx`)],
  ].map((words) => shellCommand(['cpc', name, ...words]));
}

/** Built-in data may have a task of their own, which is not the one that is taken where none is named. */
function taskOf({ demo, probeTasks = [] }: DomainCommands, data: string): string[] {
  const task = data === builtIn ? demo.probe?.task : undefined;
  return task === undefined || task === probeTasks[0] ? [] : ['--task', task];
}
