/** A program that answers one line of JSON with one line of JSON. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CpcError } from '@cpc/core';

/** How much of what the program wrote to standard error goes into a message. */
const shownCharacters = 2_000;

export interface LineProcess {
  /**
   * @returns the parsed answer.
   * @throws {CpcError} if the program cannot be started, ends without answering, or answers no JSON.
   */
  readonly ask: (request: object) => Promise<unknown>;
  /** Closes its standard input and waits until it has ended. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a program; that it could not be started is told by the first `ask`.
 *
 * @param environment - variables set for it beside those of this process.
 */
export function startLineProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): LineProcess {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  const ended = endOf(child);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-shownCharacters);
  });
  child.stdin.on('error', () => undefined); // it has ended; the answer that does not come tells so
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await answers.next();
      if (done !== true) return parsed(value, command);
      throw new CpcError({ where: command, expected: 'an answer', received: `${await ended}. ${complaints.trim()}` });
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/** Why the program is no longer there, once it is not. */
async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'close');
    return signal === null ? `its end with exit code ${code}` : `its end by ${signal}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error); // such as `spawn python3 ENOENT`
  }
}

function parsed(line: string, command: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new CpcError({ where: command, expected: 'a line of JSON', received: line });
  }
}
