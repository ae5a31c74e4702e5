/**
 * `npm run reproduce -- ablation`: the rows of the paper's table 2, each trained with several seeds for equally many updates and probed alike.
 *
 * Seed by seed: what is there after an interruption is whole tables of fewer seeds. Finished runs are kept, the one under way goes
 * on from its checkpoint.
 */
import { join } from 'node:path';
import { resolveSpeechSettings } from '@cpc/audio';
import { type OpenedSpeech, openSpeech, probeSpeech } from '@cpc/audio/node';
import { CpcError } from '@cpc/core';
import { type AblationRecord, formatAblationRecord, type ProbeResult, parseAblationRecord } from '@cpc/records';
import { type Control, readRunRecord, type TaskEvent, thisMachine } from '@cpc/runs';
import { openRecordFile, type RecordFile } from '../speech-runs/record-file.js';
import type { AblateRequest } from '../speech-runs/speech-runs.js';
import {
  createRunHeads,
  eachWarningOnce,
  fileFingerprint,
  rowSettings,
  sharedOverrides,
  trainToEnd,
} from '../speech-runs/speech-runs.js';
import { ablationTable, rowFigures } from './ablation-table.js';
import { sharedRecordings } from './shared-recordings.js';
import { type AblationRow, commonSettings, commonSettingsText, runNameOf, table2Rows } from './table-2.js';

/** Makes the table: trains and probes what is not yet there. */
export function ablateSpeech(request: AblateRequest, control: Control): AsyncGenerator<TaskEvent, void, undefined> {
  return eachWarningOnce(makeTable(request, control));
}

/** The record and the table are written after every run. */
async function* makeTable(request: AblateRequest, control: Control): AsyncGenerator<TaskEvent, void, undefined> {
  const planned = plannedRuns(request);
  const { opened, trainedOn, warnings } = sharedRecordings(
    await openSpeech(request.data, 'train', request),
    planned
      .filter(({ seed }) => seed === request.seeds[0])
      .map(({ row }) => ({ row, settings: rowSettings(request, row.settings) })),
  );
  const tablePath = join(request.out, 'table.md');
  const recordPath = join(request.out, 'ablation.json');
  const file = await openRecordFile(
    recordPath,
    { ...(await newRecord(request, opened)), trainedOn },
    {
      parse: parseAblationRecord,
      format: formatAblationRecord,
      complete: (record) => ({ ...record, rows: rowFigures(record) }),
      views: (record) => ({ [tablePath]: ablationTable(record) }),
      identity: ({ settings }) => commonSettingsText(settings),
    },
  );
  for (const message of warnings) yield { type: 'warning', message };
  const left = planned.filter((run) => !isFinished(file.record(), run));
  const heads = createRunHeads(planned.length);
  for (const [index, run] of left.entries()) {
    const head = heads.next(runNameOf(run.row), run.seed, left.length - index);
    if (!(yield* makeRun(run, { request, control, opened, file, head }))) return;
  }
  yield { type: 'file-written', path: tablePath, description: 'accuracy of every row' };
  yield { type: 'file-written', path: recordPath, description: 'every run’s result' };
}

interface PlannedRun {
  readonly row: AblationRow;
  readonly seed: number;
}

/** Every different run of the rows asked for, seed by seed. */
export function plannedRuns({
  rows,
  seeds,
  overrides,
}: Pick<AblateRequest, 'rows' | 'seeds' | 'overrides'>): PlannedRun[] {
  const all = table2Rows(commonSettings(overrides));
  const unknown = rows?.find((name) => !all.some((row) => row.name === name));
  if (unknown !== undefined || rows?.length === 0) {
    throw new CpcError({
      where: 'ablate',
      expected: `rows out of ${all.map(({ name }) => name).join(', ')}`,
      received: unknown === undefined ? 'none' : `"${unknown}"`,
    });
  }
  const wanted = all.filter(({ name }) => rows === undefined || rows.includes(name));
  const different = [...new Map(wanted.map((row) => [runNameOf(row), row])).values()];
  return seeds.flatMap((seed) => different.map((row) => ({ row, seed })));
}

async function newRecord(request: AblateRequest, { corpus }: OpenedSpeech): Promise<AblationRecord> {
  const { command, preset, steps, task, probeData, strict, folds } = request;
  const probed = await openSpeech(probeData, 'probe', { strict });
  return {
    schema: 1,
    command,
    domain: 'audio',
    preset,
    settings: resolveSpeechSettings(preset, sharedOverrides(request)).resolved,
    steps,
    task,
    inputs: {
      data: corpus.fingerprint,
      'probe data': probed.corpus.fingerprint,
      folds: folds === undefined ? 'none' : await fileFingerprint(folds),
    },
    runs: [],
    untrained: [],
    machine: thisMachine(),
  };
}

interface Means {
  readonly request: AblateRequest;
  readonly control: Control;
  readonly opened: OpenedSpeech;
  readonly file: RecordFile<AblationRecord>;
  /** Which run it is, for people. */
  readonly head: string;
}

/** Trains and probes one run; false if it was told to stop before it was done. */
async function* makeRun({ row, seed }: PlannedRun, means: Means): AsyncGenerator<TaskEvent, boolean, undefined> {
  const { file, control } = means;
  const name = runNameOf(row);
  const out = join(means.request.out, name, `seed-${seed}`);
  if (!(yield* trainToEnd({ ...means, row: row.settings, seed, out }))) return false;
  const results = yield* probeRun(out, seed, means);
  const trained = results.find(({ baseline }) => baseline === undefined);
  if (trained === undefined || control.stopRequested()) return false;
  const { totals } = await readRunRecord(out);
  const { runs, untrained } = file.record();
  const random = results.find(({ baseline }) => baseline === 'random');
  await file.update({
    runs: [...runs, { name, seed, steps: totals.steps, trainedSeconds: totals.seconds, result: trained }],
    ...(random === undefined ? {} : { untrained: [...untrained, { seed, result: random }] }),
  });
  return true;
}

/** The run's own result, and that of the model before its first update where this seed has none yet. */
async function* probeRun(
  run: string,
  seed: number,
  { request, file, control, head }: Means,
): AsyncGenerator<TaskEvent, ProbeResult[], undefined> {
  const { probeData: data, task, folds, engine, strict } = request;
  const hasUntrained = file.record().untrained.some((other) => other.seed === seed);
  const results: ProbeResult[] = [];
  const probing = {
    run,
    data,
    task,
    folds,
    baselines: hasUntrained ? [] : ['random'],
    seed: 1, // folds and intervals: the same for all runs
    engine,
    strict,
  };
  for await (const event of probeSpeech(probing, control)) {
    if (event.type === 'probe-end') results.push(event.result);
    else if (event.type === 'progress') yield { ...event, label: `${head}: ${event.label}` };
    else yield event;
  }
  return results;
}

function isFinished({ runs }: AblationRecord, { row, seed }: PlannedRun): boolean {
  return runs.some((run) => run.name === runNameOf(row) && run.seed === seed);
}
