/**
 * `npm run reproduce -- prediction-accuracy`: how often a model picks the positive, 1 to 20 latents ahead, on speakers that were not trained on.
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, figure 3. The paper does not say on what it measured; ours is each
 * tenth speaker of the data, two at least, held out from training.
 */
import { join } from 'node:path';
import type { SpeechSettings } from '@cpc/audio';
import { createSpeechDomain, recordingAt, resolveSpeechSettings } from '@cpc/audio';
import { loadSpeechModel, type OpenedSpeech, openSpeech } from '@cpc/audio/node';
import { CpcError, createRandom, type Evaluation, evaluateBatches } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { formatPredictionRecord, type PredictionRecord, parsePredictionRecord } from '@cpc/records';
import { type Control, readRunRecord, reportWarnings, type TaskEvent, thisMachine } from '@cpc/runs';
import { commonSettings } from '../ablation/table-2.js';
import { openRecordFile } from '../speech-runs/record-file.js';
import type { SpeechRunsRequest } from '../speech-runs/speech-runs.js';
import { createRunHeads, eachWarningOnce, rowOverrides, trainToEnd } from '../speech-runs/speech-runs.js';
import { offsetFigures, predictionCsv, predictionTable } from './prediction-figure.js';

/** Latents ahead that the figure shows. */
const figureSteps = 20;
/** Batches that accuracy is measured on: the same for every seed. */
const evaluatedBatches = 100;

/** Trains a model for every seed and measures it; the record, the table and the CSV are written after every one. */
export function predictionAccuracy(
  request: SpeechRunsRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  return eachWarningOnce(makeFigure(request, control));
}

async function* makeFigure(request: SpeechRunsRequest, control: Control): AsyncGenerator<TaskEvent, void, undefined> {
  const row = commonSettings(request.overrides, { predictionSteps: figureSteps });
  const { settings, resolved } = resolveSpeechSettings(request.preset, rowOverrides(request, row));
  const { training, heldOut } = holdOutSpeakers(await openSpeech(request.data, 'train', request));
  const [, measured] = [training, heldOut].map(({ corpus, recordings }) => {
    const domain = createSpeechDomain(corpus, settings, recordings);
    domain.negatives.draw(domain.layout, createRandom(1)); // what cannot be done shows before training
    return domain.windows.recordings;
  });
  const [path, tablePath, csvPath] = ['json', 'md', 'csv'].map((ending) => join(request.out, `figure-3.${ending}`)) as [
    string,
    string,
    string,
  ];
  const begun = { ...newRecord(request, settings, { ...heldOut, recordings: measured ?? [] }), settings: resolved };
  const file = await openRecordFile<PredictionRecord>(path, begun, {
    parse: parsePredictionRecord,
    format: formatPredictionRecord,
    complete: (record) => ({ ...record, rows: offsetFigures(record) }),
    views: (record) => ({ [tablePath]: predictionTable(record), [csvPath]: predictionCsv(record) }),
  });
  const left = request.seeds.filter((seed) => !file.record().runs.some((run) => run.seed === seed));
  const heads = createRunHeads(request.seeds.length);
  for (const [index, seed] of left.entries()) {
    const head = heads.next('figure 3', seed, left.length - index);
    const out = join(request.out, 'figure-3', `seed-${seed}`);
    if (!(yield* trainToEnd({ request, control, opened: training, row, seed, out, head }))) return;
    const evaluation = yield* measure(out, { request, control, heldOut, head });
    if (evaluation === undefined) return;
    await file.update({ runs: [...file.record().runs, await runOf(seed, out, evaluation)] });
  }
  yield { type: 'file-written', path: tablePath, description: 'accuracy by steps ahead' };
  yield { type: 'file-written', path: csvPath, description: 'the same to plot, with every seed' };
  yield { type: 'file-written', path, description: 'every run’s result' };
}

/** Each tenth speaker is not trained on; of fewer than twenty the last two, of fewer than four the last. */
export function holdOutSpeakers(speech: OpenedSpeech): {
  readonly training: OpenedSpeech;
  readonly heldOut: OpenedSpeech;
} {
  const { corpus, recordings } = speech;
  const opened = recordings ?? [...corpus.recordings.keys()];
  const speakerOf = (recording: number) => recordingAt(corpus.recordings, recording).speaker;
  const speakers = [...new Set(opened.map(speakerOf))].sort();
  if (speakers.length < 2) {
    throw new CpcError({
      where: 'prediction-accuracy',
      expected: 'recordings of at least 2 speakers, one of them to measure on',
      received: `${speakers.length}`,
    });
  }
  const { kept, rule } = keptFromTraining(speakers);
  const part = (isHeldOut: boolean): OpenedSpeech => ({
    ...speech,
    corpus: { ...corpus, fingerprint: `${corpus.fingerprint} ${isHeldOut ? 'only' : 'without'} ${rule}` },
    recordings: opened.filter((recording) => kept.has(speakerOf(recording)) === isHeldOut),
  });
  return { training: part(false), heldOut: part(true) };
}

/** At least two of four and more speakers: one voice says little of the others. */
function keptFromTraining(speakers: readonly string[]): { readonly kept: ReadonlySet<string>; readonly rule: string } {
  if (speakers.length >= 20) {
    return { kept: new Set(speakers.filter((_, index) => index % 10 === 9)), rule: 'each tenth speaker' };
  }
  const count = speakers.length < 4 ? 1 : 2;
  return { kept: new Set(speakers.slice(-count)), rule: count === 1 ? 'the last speaker' : 'the last 2 speakers' };
}

interface Measuring {
  readonly request: SpeechRunsRequest;
  readonly control: Control;
  readonly heldOut: OpenedSpeech;
  /** Which run it is, for people. */
  readonly head: string;
}

/** Of the run's model, on windows that are the same for every seed; undefined if it was told to stop before it was done. */
async function* measure(
  run: string,
  { request, control, heldOut: { corpus, recordings }, head }: Measuring,
): AsyncGenerator<TaskEvent, Evaluation | undefined, undefined> {
  const { settings, parameters } = yield* reportWarnings(await loadSpeechModel(run));
  const evaluations = evaluateBatches({
    domain: createSpeechDomain(corpus, settings, recordings),
    engine: await createEngine(request.engine),
    parameters,
    random: createRandom(1).fold('held-out'),
    batches: evaluatedBatches,
  });
  const label = `${head}: measuring on held-out speakers, batches`;
  for await (const evaluation of evaluations) {
    if (evaluation.batches === evaluatedBatches) return evaluation;
    if (control.stopRequested()) return undefined;
    yield { type: 'progress', label, done: evaluation.batches, total: evaluatedBatches };
  }
  return undefined;
}

async function runOf(
  seed: number,
  run: string,
  { accuracy, chance, lossNatsPerStep, boundNats }: Evaluation,
): Promise<PredictionRecord['runs'][number]> {
  const { totals } = await readRunRecord(run);
  return {
    seed,
    steps: totals.steps,
    trainedSeconds: totals.seconds,
    accuracy: [...accuracy],
    chance: [...chance],
    lossNats: [...lossNatsPerStep],
    boundNats: [...boundNats],
  };
}

/** @param measured - the recordings that windows to measure on are drawn from. */
function newRecord(
  { command, preset, steps }: SpeechRunsRequest,
  { predictionSteps, negatives, negativeCount, batchSize }: SpeechSettings,
  { corpus, recordings }: Required<Pick<OpenedSpeech, 'corpus' | 'recordings'>>,
): Omit<PredictionRecord, 'settings'> {
  const used = recordings.map((recording) => recordingAt(corpus.recordings, recording));
  return {
    schema: 1,
    command,
    domain: 'audio',
    preset,
    steps,
    inputs: { data: corpus.fingerprint },
    offsets: Array.from({ length: predictionSteps }, (_, index) => index + 1),
    negatives: { source: negatives, count: negativeCount },
    heldOut: {
      speakers: new Set(used.map(({ speaker }) => speaker)).size,
      recordings: used.length,
      windows: evaluatedBatches * batchSize,
    },
    runs: [],
    machine: thisMachine(),
  };
}
