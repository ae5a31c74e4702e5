/** What to type after a training run. */
import { join } from 'node:path';
import type { DomainCommands, TrainRequest } from '@cpc/core/node';
import { shellCommand } from '../terminal/text.js';

const builtIn = 'builtin';

/**
 * Commands that probe, embed and export the run; each can be typed as it stands, but for words that a domain has a person fill in
 * because it probes or embeds other data than it trains on.
 */
export function nextCommands(commands: DomainCommands, { out, data }: Pick<TrainRequest, 'out' | 'data'>): string[] {
  const { name, otherData = {} } = commands;
  const source = (use: keyof typeof otherData) =>
    data === builtIn ? ['--builtin'] : ['--data', otherData[use] ?? data];
  return [
    ['cpc', name, 'probe', '--run', out, ...source('probe'), ...taskOf(commands, data)],
    ['cpc', name, 'embed', '--run', out, ...source('embed'), '--out', join(out, 'embeddings.npy')],
    ['cpc', name, 'export', '--run', out, '--out', join(out, `${name}.onnx`)],
  ].map(shellCommand);
}

/** Built-in data may have a task of their own, which is not the one that is taken where none is named. */
function taskOf({ demo, probeTasks }: DomainCommands, data: string): string[] {
  return data === builtIn && demo.probe.task !== probeTasks[0] ? ['--task', demo.probe.task] : [];
}
