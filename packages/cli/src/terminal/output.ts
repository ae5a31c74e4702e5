/**
 * Who writes where: results to stdout, words to stderr.
 *
 * Libraries print what they like, worker threads included; while a command runs, all of that goes to stderr, so that stdout
 * holds the result and nothing else. No failure to write ends the work: a full disk, a reader who has left, a terminal that is gone.
 */
import { describedSystemError } from '@cpc/base/node';
import { visible, visibleJson } from '@cpc/runs/commands';
import { type StreamWriter, streamWriter } from './stream-writer.js';

export interface Output {
  /** Writes what the command was called for to stdout, with a line end. */
  readonly result: (text: string) => void;
  /** Writes a result as JSON in one line. */
  readonly json: (value: unknown) => void;
  /** Writes to stdout what a person may like to see of work whose product is files. */
  readonly summary: (text: string) => void;
  /** Writes to stderr, with a line end. */
  readonly words: (text: string) => void;
  /**
   * Gives stdout back to everybody, once what was written is out.
   *
   * @returns whether a result was lost. A reader who has left (EPIPE) wanted no more of it.
   */
  readonly release: () => Promise<boolean>;
}

let isTaken = false;

/**
 * Takes stdout for results.
 *
 * @throws {Error} if it is taken already: two commands at once would give it back in the wrong order.
 */
export function takeOutput(): Output {
  if (isTaken) throw new Error('runCpc: expected the call before to have ended: one command at a time has stdout');
  isTaken = true;
  const { stdout, stderr } = process;
  const write = stdout.write;
  const [results, others] = [streamWriter(stdout), streamWriter(stderr)];
  stdout.write = stderr.write.bind(stderr);
  let hasResult = false;
  const result = (text: string) => {
    hasResult = true;
    results.write(`${text}\n`);
  };
  const words = (text: string) => others.write(`${visible(text)}\n`);
  return {
    words,
    result: (text) => result(visible(text)),
    json: (value) => result(visibleJson(value)),
    summary: (text) => results.write(`${visible(text)}\n`),
    release: async () => {
      stdout.write = write;
      await results.flush();
      const lost = await reportLoss(results, words);
      await others.flush();
      for (const writer of [results, others]) writer.release();
      isTaken = false;
      return lost && hasResult;
    },
  };
}

async function reportLoss({ failure }: StreamWriter, words: (text: string) => void): Promise<boolean> {
  const error = failure();
  if (error === undefined || error.code === 'EPIPE') return false;
  const described = describedSystemError(Object.assign(error, { path: 'stdout' }));
  words(`cpc: ${described instanceof Error ? described.message : String(described)}`);
  return true;
}
