/**
 * How far the work is: a bar where a person watches, else a plain line every 10 seconds. Always on stderr.
 */
import { SingleBar } from 'cli-progress';

export interface ProgressState {
  /** From 0 to 1; left out if the end is not known. */
  readonly fraction?: number;
  readonly text: string;
}

export interface Progress {
  /** Cheap: may be called at every step. */
  readonly update: (state: ProgressState) => void;
  /** A line that stays. */
  readonly say: (line: string) => void;
  /** Takes the bar away; a later update brings it back. */
  readonly pause: () => void;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

const secondsBetweenLines = 10;

/** The progress that fits the stream. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  const pause = () => {
    bar?.stop();
    bar = undefined;
  };
  const started = () => {
    const made = new SingleBar({
      stream,
      format: '{bar} {percentage} %  {text}',
      barsize: 20,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      gracefulExit: false, // signals are the command's own business
      hideCursor: false,
      fps: 5,
    });
    made.start(1, 0, { text: '' });
    return made;
  };
  return {
    update: ({ fraction, text }) => {
      bar ??= started();
      bar.update(fraction ?? 0, { text });
    },
    say: (line) => {
      pause();
      stream.write(`${line}\n`);
    },
    pause,
  };
}

/** @param now - a clock, in milliseconds. */
export function lineProgress(stream: ProgressStream, now: () => number = () => performance.now()): Progress {
  let lastLine = now();
  return {
    update: ({ fraction, text }) => {
      if (now() - lastLine < secondsBetweenLines * 1000) return;
      lastLine = now();
      stream.write(`${fraction === undefined ? '' : `${Math.floor(fraction * 100)} %  `}${text}\n`);
    },
    say: (line) => stream.write(`${line}\n`),
    pause: () => undefined,
  };
}
