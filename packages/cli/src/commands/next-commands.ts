/** What to type after a training run. */
import { type DomainCommands, shellCommand, type TrainingFolder } from '@cpc/runs/commands';

/**
 * Commands of the domain that go with a run, such as those that probe, embed or export it; each can be typed as it stands, but for words
 * that a domain has a person fill in because it probes or embeds other data than it trains on.
 */
export function nextCommands(
  { name, commands }: Pick<DomainCommands, 'name' | 'commands'>,
  run: Pick<TrainingFolder, 'out' | 'data'>,
): string[] {
  return commands.flatMap(({ next }) => {
    const words = next?.(run);
    return words === undefined ? [] : [shellCommand(['cpc', name, ...words])];
  });
}
