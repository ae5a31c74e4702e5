/** Waiting that ends where a stop is asked for. */

const lookMilliseconds = 100;

/**
 * Waits for a batch, which may take long where a large file is decoded for it.
 *
 * @returns undefined if the work was asked to stop while it waited; what `waited` comes to is then of no account.
 */
export async function unlessStopped<Result>(
  waited: Promise<Result>,
  stopRequested: (() => boolean) | undefined,
): Promise<Result | undefined> {
  if (stopRequested === undefined) return waited;
  let timer: ReturnType<typeof setInterval> | undefined;
  const stopped = new Promise<undefined>((resolve) => {
    timer = setInterval(() => stopRequested() && resolve(undefined), lookMilliseconds);
  });
  try {
    return await Promise.race([waited, stopped]);
  } finally {
    clearInterval(timer);
  }
}
