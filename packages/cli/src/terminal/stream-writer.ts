/** Writes to stdout or stderr, and never fails: the first error is kept for whoever asks. */
import { fstatSync, writeSync } from 'node:fs';

export interface StreamWriter {
  readonly write: (text: string) => void;
  /** Waits until what was written is out, or lost. */
  readonly flush: () => Promise<void>;
  /** The first error of the stream, whoever wrote. */
  readonly failure: () => NodeJS.ErrnoException | undefined;
  /** Stops listening for errors. */
  readonly release: () => void;
}

/** stdout or stderr. */
export type StandardStream = NodeJS.WriteStream & { readonly fd: number };

export function streamWriter(stream: StandardStream): StreamWriter {
  const write = stream.write;
  let failure: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException) => {
    failure ??= error;
  };
  stream.on('error', onError);
  const isFile = goesToFile(stream);
  return {
    write: (text) => {
      if (isFile) keepingError(() => writeWhole(stream.fd, text), onError);
      else write.call(stream, text);
    },
    flush: async () => {
      await new Promise<void>((resolve) => write.call(stream, '', 'utf8', () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve)); // the stream's own report follows the callback
    },
    failure: () => failure,
    release: () => stream.off('error', onError),
  };
}

/** A nearly full disk takes part of a write, and Node's stream would not notice. */
function goesToFile({ fd }: StandardStream): boolean {
  try {
    // bigint: of a pipe, the other kind confuses Node's next realpathSync, and with it how modules are found
    return typeof fd === 'number' && fstatSync(fd, { bigint: true }).isFile();
  } catch {
    return false;
  }
}

function writeWhole(fd: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
}

function keepingError(action: () => void, onError: (error: NodeJS.ErrnoException) => void): void {
  try {
    action();
  } catch (error) {
    onError(error instanceof Error ? error : new Error(String(error)));
  }
}
