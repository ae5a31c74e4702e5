/**
 * `cpc audio ablate --figure 3`: how often a model picks the positive, 1 to 20 latents ahead, on speakers that were not trained on.
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, figure 3. The paper does not say on what it measured; ours is each
 * tenth speaker of the data, held out from training.
 */
import { join } from 'node:path';
import { CpcError, createRandom, evaluate, unflatten } from '@cpc/core';
import {
  type AblateRequest,
  type Control,
  createEngine,
  readRunRecord,
  type TaskEvent,
  thisMachine,
} from '@cpc/core/node';
import { formatPredictionRecord, type PredictionRecord, parsePredictionRecord } from '@cpc/records';
import { offsetFigures, predictionCsv, predictionTable } from '../ablation/prediction-figure.js';
import { commonSettings } from '../ablation/table-2.js';
import { recordingAt } from '../data/corpus.js';
import type { SpeechSettings } from '../presets.js';
import { resolveSpeechSettings } from '../settings.js';
import { createSpeechDomain } from '../speech-domain.js';
import { openRecordFile } from './ablation-folder.js';
import { createRunHeads, rowOverrides, trainToEnd } from './ablation-runs.js';
import { loadSpeechModel } from './model-file.js';
import { type OpenedSpeech, openSpeech } from './open-data.js';

/** Latents ahead that the figure shows. */
const figureSteps = 20;
/** Batches that accuracy is measured on: the same for every seed. */
const evaluatedBatches = 100;

/** Trains a model for every seed and measures it; the record, the table and the CSV are written after every one. */
export async function* predictionAccuracy(
  request: AblateRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const row = commonSettings(request.overrides, { predictionSteps: figureSteps });
  const { settings, resolved } = resolveSpeechSettings(request.preset, rowOverrides(request, row));
  const { training, heldOut } = holdOutSpeakers(await openSpeech(request.data, 'train', request.strict));
  for (const part of [training, heldOut]) {
    const domain = createSpeechDomain(part.corpus, settings, part.recordings);
    domain.negatives.draw(domain.layout, createRandom(1)); // what cannot be done shows before training
  }
  const [path, tablePath, csvPath] = ['json', 'md', 'csv'].map((ending) => join(request.out, `figure-3.${ending}`)) as [
    string,
    string,
    string,
  ];
  const begun = { ...newRecord(request, settings, heldOut), settings: resolved };
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
    yield {
      type: 'progress',
      label: `${head}: measuring on held-out speakers, batches`,
      done: 0,
      total: evaluatedBatches,
    };
    const result = await measure(out, heldOut, request);
    await file.update({ runs: [...file.record().runs, { seed, ...result }] });
  }
  yield { type: 'file-written', path: tablePath, description: 'accuracy by steps ahead' };
  yield { type: 'file-written', path: csvPath, description: 'the same to plot, with every seed' };
  yield { type: 'file-written', path, description: 'every run’s result' };
}

/** Each tenth speaker is not trained on; of fewer than ten, the last. */
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
      where: 'ablate --figure 3',
      expected: 'recordings of at least 2 speakers, one of them to measure on',
      received: `${speakers.length}`,
    });
  }
  const place = Math.min(10, speakers.length) - 1;
  const kept = new Set(speakers.filter((_, index) => index % 10 === place));
  const part = (isHeldOut: boolean): OpenedSpeech => ({
    ...speech,
    corpus: { ...corpus, fingerprint: `${corpus.fingerprint} ${isHeldOut ? 'only' : 'without'} each tenth speaker` },
    recordings: opened.filter((recording) => kept.has(speakerOf(recording)) === isHeldOut),
  });
  return { training: part(false), heldOut: part(true) };
}

/** Of the run's model, on windows that are the same for every seed. */
async function measure(
  run: string,
  { corpus, recordings }: OpenedSpeech,
  request: AblateRequest,
): Promise<Omit<PredictionRecord['runs'][number], 'seed'>> {
  const { settings, parameters } = await loadSpeechModel(run);
  const { accuracy, chance, lossNatsPerStep, boundNats } = await evaluate({
    domain: createSpeechDomain(corpus, settings, recordings),
    engine: await createEngine(request.engine),
    parameters: unflatten(parameters),
    random: createRandom(1).fold('held-out'),
    batches: evaluatedBatches,
  });
  const { totals } = await readRunRecord(run);
  return {
    steps: totals.steps,
    trainedSeconds: totals.seconds,
    accuracy: [...accuracy],
    chance: [...chance],
    lossNats: [...lossNatsPerStep],
    boundNats: [...boundNats],
  };
}

function newRecord(
  { command, preset, steps }: AblateRequest,
  { predictionSteps, negatives, negativeCount, windowSamples, batchSize }: SpeechSettings,
  { corpus, recordings = [] }: OpenedSpeech,
): Omit<PredictionRecord, 'settings'> {
  const measured = recordings.map((recording) => recordingAt(corpus.recordings, recording));
  const used = measured.filter(({ sampleCount }) => sampleCount >= windowSamples);
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
