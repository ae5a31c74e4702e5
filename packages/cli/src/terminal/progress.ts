/**
 * How far the work is: a bar where a person watches, else a plain line every 10 seconds. Always on stderr.
 */

import { visible } from '@cpc/runs/commands';
import { SingleBar } from 'cli-progress';
import { type ProgressState, progressLine } from './progress-line.js';

export type { ProgressState } from './progress-line.js';

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

type Environment = Readonly<Record<string, string | undefined>>;

const secondsBetweenLines = 10;

/** The progress that fits the stream. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return movesCursor(stream, process.env) ? barProgress(stream) : lineProgress(stream);
}

/** A terminal that says it is dumb, a build server and a person who wants no colours get plain lines. */
export function movesCursor({ isTTY }: Pick<ProgressStream, 'isTTY'>, env: Environment): boolean {
  const { TERM = '', NO_COLOR = '', CI = '' } = env;
  return isTTY === true && TERM !== 'dumb' && NO_COLOR === '' && ['', '0', 'false'].includes(CI);
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | undefined;
  let state: ProgressState = { text: '' };
  const pause = () => {
    bar?.stop();
    bar = undefined;
  };
  const started = () => {
    const made = new SingleBar({
      stream,
      format: () => progressLine(state, stream.columns),
      clearOnComplete: true,
      gracefulExit: false, // signals are the command's own business
      hideCursor: false,
      fps: 5,
    });
    made.start(1, 0);
    return made;
  };
  return {
    update: (now) => {
      state = now;
      bar ??= started();
      bar.update(now.fraction ?? 0);
    },
    say: (line) => {
      pause();
      stream.write(`${visible(line)}\n`);
    },
    pause,
  };
}

/** @param now - a clock, in milliseconds. */
export function lineProgress(stream: ProgressStream, now: () => number = () => performance.now()): Progress {
  let lastLine = now();
  const say = (line: string) => stream.write(`${visible(line)}\n`);
  return {
    update: ({ fraction, ...words }) => {
      if (now() - lastLine < secondsBetweenLines * 1000) return;
      lastLine = now();
      say(`${fraction === undefined ? '' : `${Math.floor(fraction * 100)} %  `}${progressLine(words)}`);
    },
    say,
    pause: () => undefined,
  };
}
