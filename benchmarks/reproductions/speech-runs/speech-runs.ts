/** What all runs of an ablation have in common: their settings, training one to its end over interruptions, and the time that is left. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SpeechSettings } from '@cpc/audio';
import { encoderHop, resolveSpeechSettings } from '@cpc/audio';
import type { OpenedSpeech } from '@cpc/audio/node';
import { trainSpeech } from '@cpc/audio/node';
import type { EngineRequest } from '@cpc/core/node';
import { type Control, regularFilePieces, type SettingOverrides, type TaskEvent } from '@cpc/runs';
import type { RowSettings } from '../ablation/table-2.js';

/** The runs of a table or figure of the paper, trained alike. */
export interface SpeechRunsRequest {
  /** To train on. */
  readonly data: string;
  readonly preset: string;
  /** For all runs. */
  readonly overrides: SettingOverrides;
  /** Updates of every run; >= 1. */
  readonly steps: number;
  /** One run of every row for each; none twice. */
  readonly seeds: readonly number[];
  readonly engine: EngineRequest;
  /** A folder for all runs. Called again with the same request, finished runs are kept. */
  readonly out: string;
  readonly strict: boolean;
  /** As typed, for the record. */
  readonly command: string;
}

/** Runs that are also probed alike. */
export interface AblateRequest extends SpeechRunsRequest {
  /** To probe with. */
  readonly probeData: string;
  /** Names of rows of table 2; all if left out. */
  readonly rows?: readonly string[] | undefined;
  readonly task: string;
  readonly folds?: string | undefined;
}

/**
 * What all runs share, beside what was asked for: as many candidates as every source of negatives has to give (an even number,
 * so that it has halves), and a rate that ends its decay with the run.
 */
export function sharedOverrides({ preset, overrides, steps }: SpeechRunsRequest): SettingOverrides {
  const { settings } = resolveSpeechSettings(preset, overrides);
  const positions = Math.floor(settings.windowSamples / encoderHop(settings.layers));
  const shared: SettingOverrides = {
    negativeCount: { value: 2 * Math.floor(Math.min(settings.negativeCount, positions) / 2), source: 'default' },
    learningRateDecaySteps: { value: settings.learningRateDecaySteps === 0 ? 0 : steps, source: 'default' },
  };
  return { ...shared, ...overrides };
}

/** Shared settings with those of a row over them. */
export function rowOverrides(
  request: SpeechRunsRequest,
  { predictionSteps, negatives }: RowSettings,
): SettingOverrides {
  return {
    ...sharedOverrides(request),
    predictionSteps: { value: predictionSteps, source: 'flag' },
    negatives: { value: negatives, source: 'flag' },
  };
}

/** The same, ready to make a domain of. */
export function rowSettings(request: SpeechRunsRequest, row: RowSettings): SpeechSettings {
  return resolveSpeechSettings(request.preset, rowOverrides(request, row)).settings;
}

/** Fingerprint of a file's bytes. */
export async function fileFingerprint(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of regularFilePieces(path)) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}

export interface AblationTraining {
  readonly request: SpeechRunsRequest;
  readonly control: Control;
  readonly opened: OpenedSpeech;
  readonly row: RowSettings;
  readonly seed: number;
  /** The run folder. If a run is there, it goes on. */
  readonly out: string;
  /** Which run it is, for people. */
  readonly head: string;
}

/** Trains one run, its batches drawn in a thread where the speech can be opened there; false if it was told to stop before it was done. */
export async function* trainToEnd(training: AblationTraining): AsyncGenerator<TaskEvent, boolean, undefined> {
  const { request, control, opened, row, seed, out, head } = training;
  const { data, preset, steps, engine, strict, command } = request;
  const overrides = rowOverrides(request, row);
  const resume = existsSync(join(out, 'run.json'));
  const workers = opened.source === undefined ? 0 : 1;
  const asked = { data, preset, overrides, steps, seed, engine, workers, out, resume, strict, command };
  let isComplete = false;
  for await (const event of trainSpeech(asked, control, opened)) {
    if (event.type === 'warning') yield event;
    if (event.type === 'step-end') yield { type: 'progress', label: `${head}: step`, done: event.step, total: steps };
    if (event.type === 'run-end') isComplete = event.reason === 'completed';
  }
  return isComplete;
}

/** Tells which run it is and, once one is made, about how long all will take. */
export function createRunHeads(planned: number) {
  const begun = performance.now();
  let made = 0;
  return {
    /** @param left - runs to make, this one included. */
    next: (name: string, seed: number, left: number): string => {
      const minutes = ((performance.now() - begun) / 60_000 / made) * left;
      const time = made === 0 ? '' : `, about ${Math.ceil(minutes)} min left`;
      made += 1;
      return `run ${planned - left + 1} of ${planned}, ${name}, seed ${seed}${time}`;
    },
  };
}

/** Runs on the same data would say the same of them again and again. */
export async function* eachWarningOnce(events: AsyncGenerator<TaskEvent, void, undefined>): typeof events {
  const said = new Set<string>();
  for await (const event of events) {
    if (event.type === 'warning' && said.has(event.message)) continue;
    if (event.type === 'warning') said.add(event.message);
    yield event;
  }
}
