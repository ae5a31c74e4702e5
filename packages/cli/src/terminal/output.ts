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
  /** Gives stdout back to everybody. */
  readonly release: () => void;
}

/** Takes stdout for results. A reader who has left (EPIPE) is no error: the work goes on. */
export function takeOutput(): Output {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr);
  stdout.on('error', ignoreClosedPipe);
  stderr.on('error', ignoreClosedPipe);
  return {
    result: (text) => write.call(stdout, `${text}\n`),
    words: (text) => stderr.write(`${text}\n`),
    release: () => {
      stdout.write = write;
    },
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
