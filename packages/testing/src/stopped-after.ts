/** Work that is asked to stop once it has reported so many steps, however often and whenever it looks. */

/**
 * @param start - begins the work, such as a training.
 * @returns all its events, those of stopping included.
 *
 * @example
 * const events = await stoppedAfter(2, (control) => domainCommands.train(request, control));
 */
export async function stoppedAfter<Event extends { readonly type: string }>(
  steps: number,
  start: (control: { readonly stopRequested: () => boolean }) => AsyncIterable<Event>,
): Promise<Event[]> {
  const events: Event[] = [];
  const ended = () => events.filter(({ type }) => type === 'step-end').length;
  for await (const event of start({ stopRequested: () => ended() >= steps })) events.push(event);
  return events;
}
