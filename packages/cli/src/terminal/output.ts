/**
 * Who writes where: results to stdout, words to stderr.
 *
 * Libraries print what they like, worker threads included; while a command runs, all of that goes to stderr, so that stdout
 * holds the result and nothing else.
 */

export interface Output {
  /** Writes to stdout, with a line end. */
  readonly result: (text: string) => void;
  /** Writes to stderr, with a line end. */
  readonly words: (text: string) => void;
  /** Gives stdout back to everybody, once what was written is out. */
  readonly release: () => Promise<void>;
}

let isTaken = false;

/**
 * Takes stdout for results. A reader who has left (EPIPE) is no error: the work goes on.
 *
 * @throws {Error} if it is taken already: two commands at once would give it back in the wrong order.
 */
export function takeOutput(): Output {
  if (isTaken) throw new Error('runCpc: expected the call before to have ended: one command at a time has stdout');
  isTaken = true;
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr);
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);
  return {
    result: (text) => write.call(stdout, `${text}\n`),
    words: (text) => stderr.write(`${text}\n`),
    release: async () => {
      stdout.write = write;
      await Promise.all([stdout, stderr].map(written));
      for (const stream of [stdout, stderr]) stream.off('error', ignoreClosedPipe);
      isTaken = false;
    },
  };
}

/** Until then, a reader who has left may still be reported. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
  await new Promise<void>((resolve) => setImmediate(resolve)); // the stream's own report follows the callback
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
