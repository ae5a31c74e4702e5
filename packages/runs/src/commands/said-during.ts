/**
 * What a piece of work says while it is under way, as it says it.
 *
 * @param work - is given the function by which to say something.
 * @returns what the work returns; what it throws is thrown.
 */
export async function* saidDuring<Result>(
  work: (say: (message: string) => void) => Promise<Result>,
): AsyncGenerator<string, Result, undefined> {
  const said: string[] = [];
  let wake = (): void => undefined;
  let isDone = false;
  const working = work((message) => {
    said.push(message);
    wake();
  });
  const ended = working.then(
    () => undefined,
    () => undefined,
  );
  void ended.then(() => {
    isDone = true;
  });
  while (!isDone) {
    const spoken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (said.length === 0) await Promise.race([ended, spoken]);
    yield* said.splice(0);
  }
  return working;
}
