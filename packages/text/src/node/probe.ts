/** `cpc text probe`: what logistic regression reads off vectors of sentences, by the two protocols that are in use. */

import { CpcError, createRandom, type Engine, type HostArray, type Tree, untrainedModel } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import {
  bootstrapInterval,
  type Classifier,
  confusionMatrix,
  type Fold,
  gatherLabels,
  oneSidedClasses,
  pairedBootstrap,
  shareRight,
  tallyClusters,
  tallyPairs,
} from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';
import { type Control, type ProbeRequest, recordProbes, reportWarnings, type TaskEvent } from '@cpc/runs';
import { splitWords } from '../data/words.js';
import { initialiseTextModel } from '../model.js';
import { createSentenceEncoder } from '../sentence-encoder.js';
import { bagOfWords } from '../tasks/bag-of-words.js';
import { type Protocol, protocolRandom, protocols, protocolText } from '../tasks/protocols.js';
import { answerFolds, denseClassifier } from '../tasks/sentence-probe.js';
import { meanVectors, meanWordVectors } from '../tasks/word-means.js';
import {
  type AddedWords,
  type ExpandedModel,
  givenVectors,
  type WordVectorsRequest,
  withWordVectors,
} from './expanded-model.js';
import { loadTextModel } from './model-file.js';
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
    ...{ baseline: 'random', representation: 'latent', addedWords: model.addedWords },
    classifier: encoded(model, untrained(model)),
  }),
  /** The mean of the run's learned word vectors: what the convolution adds nothing to. */
  words: ({ engine, ...model }) => ({
    ...{ baseline: 'words', representation: 'words', addedWords: model.addedWords },
    classifier: async ({ data }, protocol) =>
      denseClassifier(meanWordVectors(model, data.sentences), classesOf(data), protocol, engine) as Classifier<
        number,
        unknown
      >,
  }),
  /** Which words a sentence has, each weighed by how rare it is. */
  tfidf: () => ({
    ...{ baseline: 'tfidf', representation: 'tfidf' },
    classifier: async ({ data }) =>
      bagOfWords(data.sentences.map(splitWords), data.labels, data.classes.length) as Classifier<number, unknown>,
  }),
  /** The mean of word vectors made elsewhere. */
  'word-vectors': ({ engine, addedWords }) => {
    const { file } = requireWordVectors(addedWords); // before anything is computed
    return {
      ...{ baseline: 'word-vectors', representation: 'words', addedWords },
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
  const answers: Int32Array[] = [];
  for (const source of sources) {
    const asked = { source, task, protocol, folds, seed: request.seed };
    const answered = yield* answersOf(asked, control);
    if (answered === undefined) return;
    answers.push(joined(answered.predicted));
    const result = resultOf({ ...asked, ...answered, trained: answers[0] });
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
  /** What was said on the trained model's vectors. */
  readonly trained: Int32Array | undefined;
}

/** A sentence by itself is what is drawn anew for the intervals. */
function resultOf({ source, task, protocol, folds, predicted, chosen, seed, trained }: Scored): ProbeResult {
  const { data, name, testFrom, fingerprint } = task;
  const rows = folds.flatMap(({ test }) => test);
  const all = joined(predicted);
  const labels = gatherLabels(data.labels, rows);
  const random = () => createRandom(seed).fold('bootstrap');
  const tallies = tallyClusters(all, labels, rows);
  const right = (answers: Int32Array, fold: Fold | undefined) =>
    answers.filter((answer, place) => answer === data.labels[fold?.test[place] ?? -1]).length / answers.length;
  const lead =
    source.baseline === undefined || trained === undefined
      ? {}
      : {
          trainedLead: [
            {
              representation: 'latent',
              ...pairedBootstrap(tallyPairs(all, trained, labels, rows), { random: random() }),
            },
          ],
        };
  return {
    task: name,
    representation: source.representation,
    ...(source.baseline === undefined ? {} : { baseline: source.baseline }),
    classifier: protocol.name,
    accuracy: shareRight(tallies),
    accuracyPerFold: predicted.map((answers, fold) => right(answers, folds[fold])),
    classes: data.classes.length,
    counts: {
      train: Math.round(folds.reduce((sum, { train }) => sum + train.length, 0) / folds.length),
      test: rows.length,
    },
    folds: folds.length,
    dataFingerprint: fingerprint,
    split: protocolText(protocol, testFrom === undefined ? `${outerFolds} folds` : 'the given split', seed),
    confidence: { ...bootstrapInterval(tallies, { random: random() }), over: 'sentences', clusters: rows.length },
    inverseRegularisation: [...chosen],
    ...lead,
    ...(source.addedWords === undefined ? {} : { addedWords: source.addedWords }),
    confusion: confusionMatrix(all, labels, data.classes.length).map((row) => [...row]),
  };
}

function joined(parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(parts.flatMap((part) => [...part]));
}

function protocolNamed(name: string | undefined): Protocol {
  const protocol = protocols.find((candidate) => candidate.name === (name ?? protocols[0]?.name));
  if (protocol !== undefined) return protocol;
  throw new CpcError({
    where: 'probe',
    expected: `a classifier out of ${textClassifiers.join(', ')}`,
    received: `"${name}"`,
  });
}

function baselineNamed(name: string): (model: Made) => Source {
  const baseline = Object.hasOwn(baselines, name) ? baselines[name] : undefined;
  if (baseline !== undefined) return baseline;
  const expected = `baselines out of ${textBaselines.join(', ')}`;
  throw new CpcError({ where: 'probe', expected, received: `"${name}"` });
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
