/** `cpc audio probe`: what a classifier reads off frozen features. */
import { CpcError, createRandom } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { createScoreboard, type FoldPredictions, type Origin, oneSidedClasses, requireKnown } from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';
import { type Control, recordProbes, reportWarnings, type TaskEvent } from '@cpc/runs';
import { hopSamples } from '../../data/frame-labels.js';
import { encoderHop } from '../../model.js';
import {
  baselineFeatures,
  type FeatureSource,
  featureBaselines,
  type ProbedModel,
  trainedFeatures,
} from '../../probes/feature-sources.js';
import type { FrameClassifier } from '../../probes/frame-classifiers.js';
import { clusterName, predictSplits } from '../../probes/frame-probe.js';
import { buildFrameTable, type LabelledRecording } from '../../probes/frame-table.js';
import { frameNumbers } from '../../supervised/labelled-frames.js';
import { loadSpeechModel, type SpeechModelFile } from '../model-file.js';
import { classifierNamed, defaultClassifier } from './probe-classifiers.js';
import type { SpeechProbeRequest } from './probe-request.js';
import { openTask } from './probe-tasks.js';
import { probeSupervised, refuseWithSupervised, supervisedBaseline } from './supervised-baseline.js';
import type { ProbeTask } from './tasks/probe-task.js';

/** What `--baselines` may name. */
export const speechBaselines: readonly string[] = [...featureBaselines, supervisedBaseline];

/**
 * Probes a run, and each baseline asked for, on the same frames and splits. Results also go into the run's record, once all are
 * there.
 */
export async function* probeSpeech(
  request: SpeechProbeRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const classifier = request.classifier ?? defaultClassifier;
  const createClassifier = classifierNamed(classifier);
  requireKnown('baselines', request.baselines, speechBaselines);
  refuseWithSupervised(request);
  const model = yield* reportWarnings(await loadSpeechModel(request.run));
  const engine = await createEngine(request.engine);
  const sources = featureSources(request, { ...model, engine });
  const task = await openTask(request);
  if (task.alignment !== undefined) refuseOtherHop(model, request.run);
  for (const message of [...task.warnings, ...classWarnings(task, model)]) yield { type: 'warning', message };
  const fitted = createClassifier({ engine, ...(task.groupOf === undefined ? {} : { groupOf: task.groupOf }) });
  const means = { classifier: fitted, pooled: request.pooled === true, seed: request.seed, control };
  const results: ProbeResult[] = [];
  const { classes, groupOf } = task;
  const scoreboard = createScoreboard({ classes, seed: request.seed, over: clusterName(groupOf) });
  const addResult = (origin: Origin, { predictions, split }: Answers): TaskEvent => {
    const head = { ...resultHead(origin, task, means.pooled), classifier };
    const result = { ...head, ...scoreboard.add(origin, predictions), split };
    results.push(result);
    return { type: 'probe-end', result };
  };
  for (const source of sources) {
    const answers = yield* probeSource(source, task, means);
    if (answers === undefined) return;
    yield addResult(source, answers);
  }
  if (request.baselines.includes(supervisedBaseline)) {
    const answers = yield* probeSupervised(task, { model, engine, seed: request.seed, control });
    if (answers === undefined) return;
    yield addResult({ baseline: supervisedBaseline, representation: 'context' }, answers);
  }
  yield* await recordProbes(request.run, results);
}

/** Classes that stand on one side of a split only. */
function classWarnings(task: ProbeTask, { settings }: Pick<SpeechModelFile, 'settings'>): string[] {
  const table = frameNumbers(task, encoderHop(settings.layers));
  const labelsOf = (isOn: (row: number) => boolean) => table.labels.filter((_, row) => isOn(row));
  const { splits } = task.splits(table);
  const sides = splits.map(({ isTrain, isTest }) => ({ train: labelsOf(isTrain), test: labelsOf(isTest) }));
  return oneSidedClasses(task.classNames, sides);
}

/** The trained model, then each baseline, in each representation asked for; one that is the same in all of them once. */
function featureSources(
  { representations = ['context'], baselines }: SpeechProbeRequest,
  model: Omit<ProbedModel, 'representation'>,
): FeatureSource[] {
  const inEach = (create: (probed: ProbedModel) => FeatureSource) =>
    representations.map((representation) => create({ ...model, representation }));
  const sources = [
    inEach(trainedFeatures),
    ...baselines
      .filter((name) => name !== supervisedBaseline)
      .map((name) => inEach((probed) => baselineFeatures(name, probed))),
  ];
  const different = new Map(sources.flat().map((source) => [`${source.baseline} ${source.representation}`, source]));
  return [...different.values()];
}

/** What a result says besides its figures. */
function resultHead({ baseline, representation }: Origin, task: ProbeTask, pooled: boolean) {
  return {
    task: task.name,
    representation,
    ...(baseline === undefined ? {} : { baseline }),
    ...(pooled ? { pooled } : {}),
    dataFingerprint: task.corpus.fingerprint,
    ...(task.alignment === undefined ? {} : { alignment: task.alignment }),
  };
}

interface Means {
  readonly classifier: FrameClassifier;
  readonly pooled: boolean;
  readonly seed: number;
  readonly control: Control;
}

/** What was said of the held-out examples of every split, and what that split was. */
interface Answers {
  readonly predictions: readonly FoldPredictions[];
  readonly split: string;
}

/** Features of all recordings, then a classifier on them, split by split; `undefined` if it was told to stop. */
async function* probeSource(
  source: FeatureSource,
  task: ProbeTask,
  { classifier, pooled, seed, control }: Means,
): AsyncGenerator<TaskEvent, Answers | undefined, undefined> {
  const label = `${source.baseline ?? 'trained'} ${source.representation}`;
  const recordings: LabelledRecording[] = [];
  for await (const recording of labelledRecordings(task, source)) {
    recordings.push(recording);
    if (control.stopRequested()) return undefined;
    yield { type: 'progress', label: `${label}: features`, done: recordings.length, total: task.recordings.length };
  }
  const table = buildFrameTable(recordings);
  const { splits, description } = task.splits(table);
  yield { type: 'progress', label: `${label}: probe`, done: 0, total: splits.length };
  const { classes, groupOf } = task;
  const options = { table, classes, splits, classifier, pooled, groupOf, random: createRandom(seed) };
  const predictions: FoldPredictions[] = [];
  for await (const split of predictSplits(options)) {
    predictions.push(split);
    if (control.stopRequested()) return undefined;
    yield { type: 'progress', label: `${label}: probe`, done: predictions.length, total: splits.length };
  }
  return { predictions, split: description };
}

async function* labelledRecordings(
  { recordings, corpus, labelsOf }: ProbeTask,
  source: FeatureSource,
): AsyncGenerator<LabelledRecording, void, undefined> {
  try {
    for (const recording of recordings) {
      const features = await source.extract(await corpus.read(recording));
      yield { recording, features, labels: labelsOf(recording, features.shape[0] ?? 0) };
    }
  } finally {
    await source.dispose();
  }
}

/** Labels come every 160 samples: latents of another hop would be scored against labels of other times. */
function refuseOtherHop({ settings }: SpeechModelFile, run: string): void {
  const hop = encoderHop(settings.layers);
  if (hop === hopSamples) return;
  throw new CpcError({
    where: run,
    expected: `a model with a latent every ${hopSamples} samples, as labels have`,
    received: `one every ${hop}`,
    fix: 'Choose layers whose strides multiply to 160.',
  });
}
