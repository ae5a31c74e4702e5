/** `cpc audio probe`: what a classifier reads off frozen features. */
import { CpcError, createRandom, type Engine } from '@cpc/core';
import { type Control, createEngine, type ProbeRequest, type TaskEvent, updateRunRecord } from '@cpc/core/node';
import type { ProbeResult } from '@cpc/records';
import { hopSamples } from '../data/frame-labels.js';
import { encoderHop } from '../model.js';
import {
  baselineFeatures,
  type FeatureSource,
  featureBaselines,
  type ProbedModel,
  trainedFeatures,
} from '../probes/feature-sources.js';
import { linearClassifier } from '../probes/frame-classifiers.js';
import { runFrameProbe } from '../probes/frame-probe.js';
import { buildFrameTable, type LabelledRecording } from '../probes/frame-table.js';
import { loadSpeechModel, type SpeechModelFile } from './model-file.js';
import { openTask, type ProbeTask } from './probe-tasks.js';

/** What `--baselines` may name. */
export const speechBaselines: readonly string[] = featureBaselines;

/** Probes a run, and each baseline asked for, on the same frames and splits; results also go into the run's record. */
export async function* probeSpeech(
  request: ProbeRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const model = await loadSpeechModel(request.run);
  const engine = await createEngine(request.engine);
  const probed: ProbedModel = { ...model, engine, representation: request.representation ?? 'context' };
  const sources = [trainedFeatures(probed), ...request.baselines.map((name) => baselineFeatures(name, probed))];
  const task = await openTask(request);
  if (task.alignment !== undefined) refuseOtherHop(model, request.run);
  for (const message of task.warnings) yield { type: 'warning', message };
  const results: ProbeResult[] = [];
  for (const source of sources) {
    const result = yield* probeSource(source, task, { engine, seed: request.seed, control });
    if (result === undefined) return;
    results.push(result);
    yield { type: 'probe-end', result };
  }
  await addToRecord(request.run, results);
}

interface Means {
  readonly engine: Engine;
  readonly seed: number;
  readonly control: Control;
}

/** Features of all recordings, then a classifier on them; `undefined` if it was told to stop. */
async function* probeSource(
  source: FeatureSource,
  task: ProbeTask,
  { engine, seed, control }: Means,
): AsyncGenerator<TaskEvent, ProbeResult | undefined, undefined> {
  const label = source.baseline ?? 'trained';
  const recordings: LabelledRecording[] = [];
  for await (const recording of labelledRecordings(task, source)) {
    recordings.push(recording);
    if (control.stopRequested()) return undefined;
    yield { type: 'progress', label: `${label}: features`, done: recordings.length, total: task.recordings.length };
  }
  const table = buildFrameTable(recordings);
  yield { type: 'progress', label: `${label}: probe`, done: 0, total: 1 };
  const { splits, description } = task.splits(table);
  const random = createRandom(seed).fold('bootstrap');
  const figures = await runFrameProbe({
    table,
    classes: task.classes,
    splits,
    classifier: linearClassifier({ engine }),
    random,
  });
  return {
    task: task.name,
    representation: source.representation,
    ...(source.baseline === undefined ? {} : { baseline: source.baseline }),
    ...figures,
    split: description,
    dataFingerprint: task.corpus.fingerprint,
    ...(task.alignment === undefined ? {} : { alignment: task.alignment }),
  };
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

/** Newer results on the same data, with the same task, features and baseline take the place of older ones. */
async function addToRecord(run: string, results: readonly ProbeResult[]): Promise<void> {
  const keyOf = ({ task, representation, baseline, dataFingerprint }: ProbeResult) =>
    JSON.stringify([task, representation, baseline, dataFingerprint]);
  const replaced = new Set(results.map(keyOf));
  await updateRunRecord(run, ({ probes }) => ({
    probes: [...probes.filter((probe) => !replaced.has(keyOf(probe))), ...results],
  }));
}
