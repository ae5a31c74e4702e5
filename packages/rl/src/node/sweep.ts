/** `cpc rl sweep`: the paper's random search, run after run, with successive halving if asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CpcError, createRandom } from '@cpc/core';
import {
  type Control,
  makeFolder,
  readRunRecord,
  type SettingOverrides,
  type TaskEvent,
  type TrainRequest,
  writeFileAtomically,
} from '@cpc/runs';
import { type DrawnSettings, drawSettings } from '../sweep/draw-settings.js';
import { bestOf, roundsOf } from '../sweep/rounds.js';
import { type SweptRun, summariseSweep, sweepTable } from '../sweep/sweep-table.js';
import { trainRl } from './train.js';

/** A random search over settings. */
export interface SweepRequest
  extends Pick<TrainRequest, 'data' | 'preset' | 'overrides' | 'seed' | 'engine' | 'command'> {
  /** How many settings are drawn and trained; >= 1. */
  readonly draws: number;
  /** Frames of every run that is not ended early; > 0. */
  readonly frames: number;
  /** Ends the worse half of the runs again and again, each time after twice as many frames. */
  readonly halving: boolean;
  readonly workers: number;
  /** A folder for all runs. Called again with the same request, finished runs are kept. */
  readonly out: string;
}

/** Trains with one drawn setting after the other, and writes what they came to beside their run folders. */
export async function* sweepRl(request: SweepRequest, control: Control): AsyncGenerator<TaskEvent, void, undefined> {
  const { draws, halving, frames, seed, out } = request;
  const random = createRandom(seed).fold('sweep');
  const drawn = Array.from({ length: draws }, (_, draw) => drawSettings(random.fold(draw)));
  const runs = new Map<number, SweptRun>();
  let going = [...drawn.keys()];
  for (const { runs: count, share } of roundsOf(draws, halving)) {
    const scores = drawn.map((_, draw) => (going.includes(draw) ? runs.get(draw)?.meanReturn : undefined));
    going = bestOf(scores, draws)
      .filter((draw) => going.includes(draw))
      .slice(0, count);
    for (const [place, draw] of going.entries()) {
      const settings = drawn[draw];
      if (settings === undefined) continue;
      const label = `run ${place + 1} of ${going.length}, to ${share === 1 ? 'the end' : `${share} of its length`}`;
      const run = yield* trainDrawn({ ...request, frames: frames * share }, control, { draw, settings, label });
      if (control.stopRequested() && run === undefined) return;
      if (run !== undefined) runs.set(draw, run);
    }
  }
  const swept = [...runs].sort(([left], [right]) => left - right).map(([, run]) => run);
  await makeFolder(out);
  yield* written(request, swept);
}

interface Drawn {
  readonly draw: number;
  readonly settings: DrawnSettings;
  readonly label: string;
}

/** One run, from where it stands. @returns undefined if it was stopped. */
async function* trainDrawn(
  request: SweepRequest,
  control: Control,
  { draw, settings, label }: Drawn,
): AsyncGenerator<TaskEvent, SweptRun | undefined, undefined> {
  const folder = `draw-${String(draw + 1).padStart(2, '0')}`;
  try {
    let total = 0;
    for await (const event of trainRl(trainRequest(request, folder, settings), control)) {
      if (event.type === 'run-start') total = event.totalSteps ?? 0;
      if (event.type === 'step-end') yield { type: 'progress', label, done: event.step, total };
      if (event.type === 'warning') yield event;
      if (event.type === 'run-end' && event.reason === 'interrupted') return undefined;
    }
  } catch (error) {
    if (!CpcError.isInstance(error) || !hasDiverged(error)) throw error;
    yield { type: 'warning', message: `${folder}: ${error.message}` };
    return { settings, folder, frames: 0, episodes: 0, error: 'the loss was not finite' };
  }
  const { figures, totals } = await readRunRecord(join(request.out, folder));
  const { episodeReturn } = figures;
  return {
    settings,
    folder,
    frames: Math.round(request.frames),
    episodes: episodeReturn?.count ?? 0,
    ...(episodeReturn === undefined || totals.steps === 0 ? {} : { meanReturn: episodeReturn.value }),
  };
}

/** Some settings of the ranges are too fast to learn with: that is a result, not a failure of the search. */
function hasDiverged({ where, expected }: CpcError): boolean {
  return where.startsWith('training step') && expected.startsWith('a finite');
}

function trainRequest(request: SweepRequest, folder: string, settings: DrawnSettings): TrainRequest {
  const { data, preset, overrides, frames, seed, engine, workers, command } = request;
  const out = join(request.out, folder);
  const drawn: SettingOverrides = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, { value, source: 'set' as const }]),
  );
  return {
    data,
    preset,
    frames,
    seed,
    engine,
    workers,
    command,
    out,
    strict: false,
    overrides: { ...overrides, ...drawn },
    resume: existsSync(join(out, 'run.json')),
  };
}

async function* written(request: SweepRequest, runs: readonly SweptRun[]): AsyncGenerator<TaskEvent, void, undefined> {
  const { data: environment, preset, seed, frames, halving, out } = request;
  const sweep = summariseSweep({ environment, preset, seed, frames, halving, runs });
  const files = [
    { path: join(out, 'sweep.md'), contents: sweepTable(sweep), description: 'the runs, best first' },
    {
      path: join(out, 'sweep.json'),
      contents: `${JSON.stringify(sweep, null, 2)}\n`,
      description: 'the same for programs',
    },
  ];
  for (const { path, contents, description } of files) {
    await writeFileAtomically(path, contents);
    yield { type: 'file-written', path, description };
  }
}
