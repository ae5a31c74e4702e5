/** `cpc text probe`: what logistic regression reads off vectors of sentences, by the two protocols that are in use. */

import { CpcError, type Engine, entryAt, type HostArray, type Tree, untrainedModel } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import {
  type Classifier,
  createScoreboard,
  type Fold,
  gatherLabels,
  oneSidedClasses,
  requireKnown,
  type Scoreboard,
} from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';
import { type Control, type ProbeRequest, recordProbes, reportWarnings, type TaskEvent } from '@cpc/runs';
import { splitWords } from '../../data/words.js';
import { initialiseTextModel } from '../../model.js';
import { createSentenceEncoder } from '../../sentence-encoder.js';
import { bagOfWords } from '../../tasks/bag-of-words.js';
import { type Protocol, protocolRandom, protocols, protocolText } from '../../tasks/protocols.js';
import { answerFolds, denseClassifier } from '../../tasks/sentence-probe.js';
import { meanVectors, meanWordVectors } from '../../tasks/word-means.js';
import {
  type AddedWords,
  type ExpandedModel,
  givenVectors,
  type WordVectorsRequest,
  withWordVectors,
} from '../expanded-model.js';
import { loadTextModel } from '../model-file.js';
import { openTask, type SentenceTask } from './tasks/sentence-tasks.js';

export const textClassifiers: readonly string[] = protocols.map(({ name }) => name);

const outerFolds = 10;

/** What features a result is of, and how they become a classifier. */
interface Source {
  readonly baseline?: string;
  readonly representation: string;
  /** Where such words have a part in the features. */
  readonly addedWords?: AddedWords | undefined;
  readonly classifier: (task: SentenceTask, protocol: Protocol) => Promise<Classifier<number, unknown>>;
}

type Made = ExpandedModel & { readonly engine: Engine };

const baselines: Readonly<Record<string, (model: Made) => Source>> = {
  /** The run's own encoder before its first update. */
  random: (model) => ({
    baseline: 'random',
    representation: 'latent',
    addedWords: model.addedWords,
    classifier: encoded(model, untrained(model)),
  }),
  /** The mean of the run's learned word vectors: what the convolution adds nothing to. */
  words: ({ engine, ...model }) => ({
    baseline: 'words',
    representation: 'words',
    addedWords: model.addedWords,
    classifier: async ({ data }, protocol) =>
      denseClassifier(meanWordVectors(model, data.sentences), classesOf(data), protocol, engine) as Classifier<
        number,
        unknown
      >,
  }),
  /** Which words a sentence has, each weighed by how rare it is. */
  tfidf: () => ({
    baseline: 'tfidf',
    representation: 'tfidf',
    classifier: async ({ data }) =>
      bagOfWords(data.sentences.map(splitWords), data.labels, data.classes.length) as Classifier<number, unknown>,
  }),
  /** The mean of word vectors made elsewhere. */
  'word-vectors': ({ engine, addedWords }) => {
    const { file } = requireWordVectors(addedWords); // before anything is computed
    return {
      baseline: 'word-vectors',
      representation: 'words',
      addedWords,
      classifier: async ({ data }, protocol) => {
        const { width, vectorOf } = await givenVectors(file, data.sentences);
        const means = meanVectors(data.sentences, width, vectorOf);
        return denseClassifier(means, classesOf(data), protocol, engine) as Classifier<number, unknown>;
      },
    };
  },
};

function requireWordVectors(addedWords: AddedWords | undefined): AddedWords {
  if (addedWords !== undefined) return addedWords;
  throw new CpcError({
    where: 'probe',
    expected: '--word-vectors FILE with the baseline word-vectors',
    received: 'no file',
  });
}

export const textBaselines: readonly string[] = Object.keys(baselines);

/** Probes a run, and each baseline asked for, on the same folds. Results also go into the run's record. */
export async function* probeText(
  request: ProbeRequest & WordVectorsRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const protocol = protocolNamed(request.classifier);
  refuseContexts(request);
  const engine = await createEngine(request.engine);
  const task = await openTask(request.task, request.data);
  const expanded = yield* reportWarnings(
    await withWordVectors(await loadTextModel(request.run), request.wordVectors, { texts: task.data.sentences }),
  );
  const model = { ...expanded, engine };
  const sources = [trained(model), ...request.baselines.map((name) => baselineNamed(name)(model))];
  const folds = foldsOf(task, protocol, request.seed);
  for (const message of classWarnings(task, folds)) yield { type: 'warning', message };
  const results: ProbeResult[] = [];
  const scoreboard = createScoreboard({ classes: task.data.classes.length, seed: request.seed, over: 'sentences' });
  for (const source of sources) {
    const asked = { source, task, protocol, folds, seed: request.seed };
    const answered = yield* answersOf(asked, control);
    if (answered === undefined) return;
    const result = resultOf({ ...asked, ...answered, scoreboard });
    results.push(result);
    yield { type: 'probe-end', result };
  }
  yield* await recordProbes(request.run, results);
}

/** Classes that stand on one side of a fold only. */
function classWarnings({ data: { labels, classes } }: SentenceTask, folds: readonly Fold[]): string[] {
  const labelsOf = (rows: readonly number[]) => gatherLabels(labels, rows);
  const sides = folds.map(({ train, test }) => ({ train: labelsOf(train), test: labelsOf(test) }));
  return oneSidedClasses(classes, sides);
}

/** Of all folds; undefined where the caller wants to stop. */
async function* answersOf(
  { source, task, protocol, folds, seed }: Asked,
  control: Control,
): AsyncGenerator<TaskEvent, Answered | undefined, undefined> {
  const label = source.baseline ?? 'trained';
  yield { type: 'progress', label: `${label}: vectors`, done: 0, total: folds.length };
  const classifier = await source.classifier(task, protocol);
  const predicted: Int32Array[] = [];
  const chosen: number[] = [];
  for await (const answer of answerFolds(classifier, task.data.labels, folds, protocol, seed)) {
    predicted.push(answer.predicted);
    chosen.push(answer.c);
    if (control.stopRequested()) return undefined;
    yield { type: 'progress', label: `${label}: folds`, done: predicted.length, total: folds.length };
  }
  return { predicted, chosen };
}

function trained(model: Made): Source {
  return {
    representation: 'latent',
    addedWords: model.addedWords,
    classifier: encoded(model, model.parameters),
  };
}

function untrained({ settings, vocabulary, seed }: Made): Tree<HostArray> {
  const shapes = { ...settings, vocabularySize: vocabulary.words.length };
  return untrainedModel({ initialise: (random) => initialiseTextModel(shapes, random) }, seed);
}

function encoded(model: Made, parameters: Tree<HostArray>): Source['classifier'] {
  return async ({ data }, protocol) => {
    const encoder = createSentenceEncoder({ ...model, parameters });
    try {
      const vectors = await encoder.encode(data.sentences);
      return denseClassifier(vectors, classesOf(data), protocol, model.engine) as Classifier<number, unknown>;
    } finally {
      await encoder.dispose();
    }
  };
}

function classesOf({ labels, classes }: SentenceTask['data']) {
  return { labels, classes: classes.length };
}

/** The given split, or folds. */
function foldsOf({ data, testFrom }: SentenceTask, protocol: Protocol, seed: number): Fold[] {
  if (testFrom === undefined) return protocol.folds(data.labels, outerFolds, protocolRandom(protocol, seed));
  const rows = [...data.labels.keys()];
  return [{ train: rows.slice(0, testFrom), test: rows.slice(testFrom) }];
}

interface Asked {
  readonly source: Source;
  readonly task: SentenceTask;
  readonly protocol: Protocol;
  readonly folds: readonly Fold[];
  readonly seed: number;
}

/** A list entry a fold. */
interface Answered {
  readonly predicted: readonly Int32Array[];
  /** The C that was chosen. */
  readonly chosen: readonly number[];
}

interface Scored extends Asked, Answered {
  readonly scoreboard: Scoreboard;
}

/** A sentence by itself is what is drawn anew for the intervals. */
function resultOf({ source, task, protocol, folds, predicted, chosen, seed, scoreboard }: Scored): ProbeResult {
  const { data, name, testFrom, fingerprint } = task;
  const { representation, baseline, addedWords } = source;
  const predictions = folds.map(({ train, test }, fold) => ({
    trainCount: train.length,
    inverseRegularisation: chosen[fold],
    predicted: entryAt(predicted, fold, 'folds'),
    labels: gatherLabels(data.labels, test),
    clusters: test,
  }));
  return {
    task: name,
    representation,
    baseline,
    classifier: protocol.name,
    dataFingerprint: fingerprint,
    split: protocolText(protocol, testFrom === undefined ? `${outerFolds} folds` : 'the given split', seed),
    addedWords,
    ...scoreboard.add({ baseline, representation }, predictions),
  };
}

function protocolNamed(name: string | undefined): Protocol {
  const wanted = name ?? textClassifiers[0] ?? '';
  requireKnown('a classifier', [wanted], textClassifiers);
  return entryAt(protocols, textClassifiers.indexOf(wanted), 'classifiers');
}

function baselineNamed(name: string): (model: Made) => Source {
  requireKnown('baselines', [name], textBaselines);
  return entryAt(Object.values(baselines), textBaselines.indexOf(name), 'baselines');
}

/** A sentence of these tasks stands alone: there is nothing before it that a context could know. */
function refuseContexts({ representations = ['latent'] }: ProbeRequest): void {
  if (representations.every((name) => name === 'latent')) return;
  throw new CpcError({
    where: 'probe',
    expected: 'the representation latent: sentences of these tasks have no context',
    received: representations.join(', '),
    fix: 'Leave --representation out.',
  });
}
