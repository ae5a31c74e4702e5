/** `cpc audio probe`: what a linear classifier reads off frozen features. */
import { CpcError, createRandom, type Engine, type HostArray, type Tree, unflatten } from '@cpc/core';
import {
  type Control,
  createEngine,
  type ProbeRequest,
  readRunRecord,
  runPaths,
  type TaskEvent,
  writeFileAtomically,
} from '@cpc/core/node';
import { formatRunRecord, type ProbeResult } from '@cpc/records';
import type { SpeechCorpus } from '../data/corpus.js';
import type { PhoneLabels } from '../data/phone-labels.js';
import { createFeatureExtractor } from '../features.js';
import { initialiseSpeechModel } from '../model.js';
import type { SpeechSettings } from '../presets.js';
import { buildFrameTable, type FrameTable, type LabelledRecording } from '../probes/frame-table.js';
import { type ProbeFigures, type ProbeSplit, runLinearProbe } from '../probes/linear-probe.js';
import { speakerDisjointSplits, withinSpeakerSplit } from '../probes/splits.js';
import { loadSpeechModel } from './model-file.js';
import { openLabelledSpeech, openSpeech } from './open-data.js';

export const speechTasks = ['phones', 'speakers'] as const;
export const speechBaselines = ['random'] as const;

const phoneFolds = 4;

/** A task: which frames carry which class, and what is held out. */
interface ProbeTask {
  readonly name: string;
  readonly corpus: SpeechCorpus;
  readonly recordings: readonly number[];
  readonly classes: number;
  /** One class per frame of a recording, -1 for frames that do not count. */
  readonly labelsOf: (recording: number, frames: number) => Int32Array;
  readonly splits: (table: FrameTable) => readonly ProbeSplit[];
}

/** Features of one origin: the trained model, or a baseline. */
interface FeatureSource {
  readonly baseline?: string;
  readonly parameters: Tree<HostArray>;
}

/** Probes a run, and each baseline asked for, on the same frames and splits; results also go into the run's record. */
export async function* probeSpeech(
  request: ProbeRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const model = await loadSpeechModel(request.run);
  const engine = await createEngine(request.engine);
  const task = await openTask(request);
  const representation = request.representation ?? 'context';
  const results: ProbeResult[] = [];
  for (const source of sourcesOf(request, model)) {
    const label = source.baseline ?? 'trained';
    const recordings: LabelledRecording[] = [];
    for await (const recording of labelledRecordings(task, source, model.settings, representation, engine)) {
      recordings.push(recording);
      if (control.stopRequested()) return;
      yield { type: 'progress', label: `${label}: features`, done: recordings.length, total: task.recordings.length };
    }
    const table = buildFrameTable(recordings);
    yield { type: 'progress', label: `${label}: probe`, done: 0, total: 1 };
    const figures = await runLinearProbe({
      table,
      classes: task.classes,
      splits: task.splits(table),
      engine,
      random: createRandom(request.seed).fold('bootstrap'),
    });
    const result = resultOf(task.name, representation, source, figures);
    results.push(result);
    yield { type: 'probe-end', result };
  }
  await addToRecord(request.run, results);
}

function resultOf(task: string, representation: string, source: FeatureSource, figures: ProbeFigures): ProbeResult {
  return { task, representation, ...(source.baseline === undefined ? {} : { baseline: source.baseline }), ...figures };
}

/** The trained model first, then the baselines. `random` is the run's own model before its first update. */
function sourcesOf({ baselines }: ProbeRequest, model: Awaited<ReturnType<typeof loadSpeechModel>>): FeatureSource[] {
  return [
    { parameters: unflatten(model.parameters) },
    ...baselines.map((baseline) => {
      if (baseline === 'random') return { baseline, parameters: untrained(model.settings, model.seed) };
      throw new CpcError({
        where: 'probe',
        expected: `baselines out of ${speechBaselines.join(', ')}`,
        received: `"${baseline}"`,
      });
    }),
  ];
}

function untrained(settings: SpeechSettings, seed: number): Tree<HostArray> {
  return initialiseSpeechModel(settings, createRandom(seed).fold('initialise').fold('model'));
}

async function* labelledRecordings(
  task: ProbeTask,
  source: FeatureSource,
  settings: SpeechSettings,
  representation: 'latent' | 'context',
  engine: Engine,
): AsyncGenerator<LabelledRecording, void, undefined> {
  const extractor = createFeatureExtractor({ settings, parameters: source.parameters, engine });
  try {
    for (const recording of task.recordings) {
      const { latents, contexts } = await extractor.extract(await task.corpus.read(recording));
      const features = representation === 'latent' ? latents : contexts;
      yield { recording, features, labels: task.labelsOf(recording, features.shape[0] ?? 0) };
    }
  } finally {
    await extractor.dispose();
  }
}

async function openTask(request: ProbeRequest): Promise<ProbeTask> {
  if (request.task === 'phones') return phoneTask(request);
  if (request.task === 'speakers') return speakerTask(request);
  throw new CpcError({
    where: 'probe',
    expected: `a task out of ${speechTasks.join(', ')}`,
    received: `"${request.task}"`,
  });
}

/** Phones of speakers that the probe was not fitted to. TIMIT's two sentences that everybody reads are left out. */
async function phoneTask({ data, strict, seed }: ProbeRequest): Promise<ProbeTask> {
  const { corpus, labels, recordings = [...corpus.recordings.keys()] } = await openLabelledSpeech(data, strict);
  const isShared = (recording: number) => /^sa\d$/.test(corpus.recordings[recording]?.attributes.sentence ?? '');
  return {
    name: 'phones',
    corpus,
    recordings: recordings.filter((recording) => labels.byRecording[recording] !== undefined && !isShared(recording)),
    classes: labels.classNames.length,
    labelsOf: (recording) => labelled(labels, recording),
    splits: (table) => speakerDisjointSplits(corpus, table, phoneFolds, createRandom(seed).fold('folds')),
  };
}

function labelled(labels: PhoneLabels, recording: number): Int32Array {
  return labels.byRecording[recording] ?? new Int32Array(0);
}

async function speakerTask({ data, strict }: ProbeRequest): Promise<ProbeTask> {
  const { corpus, recordings = [...corpus.recordings.keys()] } = await openSpeech(data, 'probe', strict);
  const speakers = [...new Set(recordings.map((recording) => corpus.recordings[recording]?.speaker ?? ''))].sort();
  return {
    name: 'speakers',
    corpus,
    recordings,
    classes: speakers.length,
    labelsOf: (recording, frames) =>
      new Int32Array(frames).fill(speakers.indexOf(corpus.recordings[recording]?.speaker ?? '')),
    splits: (table) => [withinSpeakerSplit(corpus, table).split],
  };
}

/** Newer results of the same task, features and baseline take the place of older ones. */
async function addToRecord(run: string, results: readonly ProbeResult[]): Promise<void> {
  const record = await readRunRecord(run);
  const keyOf = ({ task, representation, baseline }: ProbeResult) => `${task} ${representation} ${baseline ?? ''}`;
  const replaced = new Set(results.map(keyOf));
  const probes = [...record.probes.filter((probe) => !replaced.has(keyOf(probe))), ...results];
  const path = runPaths(run).record;
  await writeFileAtomically(path, new TextEncoder().encode(formatRunRecord({ ...record, probes }, path)));
}
