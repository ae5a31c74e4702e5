/** `cpc vision probe`: what a classifier reads off one vector per image. */
import { CpcError, createRandom, entryAt, type HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { gatherRows } from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';
import { type Control, recordProbes, reportWarnings, type TaskEvent } from '@cpc/runs';
import type { ImageSet } from '../data/image-set.js';
import {
  type FeatureSource,
  type ProbedVision,
  pictureFeatures,
  type Representation,
  randomFeatures,
  trainedFeatures,
} from '../probes/feature-sources.js';
import type { ImageClassifier } from '../probes/image-classifier.js';
import { defaultImageClassifier, imageClassifierNamed, imageClassifiers } from '../probes/image-classifiers.js';
import { colourAndGradientHistograms, rawPixels } from '../probes/picture-baselines.js';
import { figuresOf, type ImageAnswers, leadOf } from '../probes/probe-result.js';
import { type ImageSplit, labelledShare, labelsOf, splitImages, splitWarnings } from '../probes/split.js';
import { loadVisionModel } from './model-file.js';
import { imageWarnings, openImages } from './open-images.js';
import type { ImageProbeRequest } from './probe-request.js';
import { refuseWithSupervised, supervisedBaseline, superviseImages } from './supervised-baseline.js';
import { wholeImages } from './whole-images.js';

/** The one task there is: the class of an image. */
export const imageTask = 'class';

const featureBaselines: Readonly<
  Record<string, (model: ProbedVision, representations: readonly Representation[]) => FeatureSource[]>
> = {
  random: (model, representations) => representations.map((name) => randomFeatures(model, name)),
  pixels: () => [pictureFeatures('pixels', rawPixels)],
  histograms: () => [pictureFeatures('histograms', colourAndGradientHistograms)],
};

/** What `--baselines` may name. */
export const imageBaselines: readonly string[] = [...Object.keys(featureBaselines), supervisedBaseline];

/**
 * Probes a run, and each baseline asked for, on the same images, for every share of the labels. Results also go into the run's
 * record, once all are there.
 */
export async function* probeVision(
  request: ImageProbeRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const { representations = ['latent'], classifier = defaultImageClassifier, seed } = request;
  const fit = classifierNamed(classifier);
  refuseUnknownBaselines(request.baselines);
  refuseWithSupervised(request);
  const model = {
    ...(yield* reportWarnings(await loadVisionModel(request.run))),
    engine: await createEngine(request.engine),
  };
  const { images, split, warnings } = await openSplit(request, model.settings.resizePixels);
  for (const message of warnings) yield { type: 'warning', message };
  const scored = createScores({ images, split, classifier, seed });
  for (const source of sourcesOf(request.baselines, representations, model)) {
    const features = yield* featuresOf(source, images, split, control);
    if (features === undefined) return;
    for (const share of sharesOf(request)) {
      const training = { images, split, fit, model, seed, share, stepShare: request.stepShare };
      yield scored.add(source, await answersOf(features, training));
    }
  }
  if (request.baselines.includes(supervisedBaseline)) {
    for (const share of sharesOf(request)) {
      const train = trainRows(images, split, share, seed).map((row) => entryAt(split.train, row, 'images to train on'));
      const answers = yield* superviseImages({ images, train, test: split.test, model, seed, control });
      if (answers === undefined) return;
      yield scored.add({ baseline: supervisedBaseline, representation: 'latent' }, { ...answers, share });
    }
  }
  yield* await recordProbes(request.run, scored.results);
}

async function openSplit({ data, strict, seed }: ImageProbeRequest, side: number) {
  const { images } = await openImages(data, { side, strict });
  const { indices, damaged } = await wholeImages(images, strict);
  const warnings = imageWarnings({ ...images, skipped: [...images.skipped, ...damaged] });
  const split = splitImages(images, indices, { random: createRandom(seed).fold('split'), seed });
  return { images, split, warnings: [...warnings, ...splitWarnings(images, split)] };
}

/** The trained model, then each baseline, in each representation asked for. */
function sourcesOf(
  baselines: readonly string[],
  representations: readonly Representation[],
  model: ProbedVision,
): FeatureSource[] {
  return [
    ...representations.map((name) => trainedFeatures(model, name)),
    ...baselines.flatMap((name) => featureBaselines[name]?.(model, representations) ?? []),
  ];
}

/** All labels, unless shares were asked for; `undefined` is no share, but all there are. */
function sharesOf({ labelShares }: ImageProbeRequest): readonly (number | undefined)[] {
  return labelShares ?? [undefined];
}

/** Rows of the training side, then those asked about; `undefined` if it was told to stop. */
async function* featuresOf(
  source: FeatureSource,
  images: ImageSet,
  { train, test }: ImageSplit,
  control: Control,
): AsyncGenerator<TaskEvent, HostArray | undefined, undefined> {
  const indices = [...train, ...test];
  const label = `${source.baseline ?? 'trained'} ${source.representation}: images`;
  const work = source.features(images, indices);
  for (;;) {
    const { value, done } = await work.next();
    if (done === true) return value;
    if (control.stopRequested()) {
      await work.return({ shape: [0, 0], data: new Float32Array(0) });
      return undefined;
    }
    yield { type: 'progress', label, done: value, total: indices.length };
  }
}

interface Training {
  readonly images: ImageSet;
  readonly split: ImageSplit;
  readonly fit: ImageClassifier;
  readonly model: ProbedVision;
  readonly seed: number;
  readonly share: number | undefined;
  readonly stepShare: number | undefined;
}

/** What was said of the images that were asked about, and what it was learned from. */
interface Answers extends ImageAnswers {
  readonly share: number | undefined;
  readonly trainCount: number;
  readonly validationCount?: number;
  /** C, where one was chosen. */
  readonly chosen?: number;
}

async function answersOf(features: HostArray, training: Training): Promise<Answers> {
  const { images, split, fit, model, seed, share, stepShare } = training;
  const rows = trainRows(images, split, share, seed);
  const fitted = await fit({
    features: gatherRows(features, rows),
    labels: labelsOf(
      images,
      rows.map((row) => split.train[row] ?? 0),
    ),
    classes: images.classes.length,
    engine: model.engine,
    random: createRandom(seed).fold('probe'),
    ...(stepShare === undefined ? {} : { stepShare }),
  });
  const asked = gatherRows(
    features,
    split.test.map((_, row) => split.train.length + row),
  );
  const { inverseRegularisation: chosen } = fitted;
  return {
    ...{ scores: await fitted.scores(asked), labels: labelsOf(images, split.test), share, trainCount: rows.length },
    ...(chosen === undefined ? {} : { chosen }),
  };
}

/** Rows of the training side whose labels are used. */
function trainRows(images: ImageSet, { train }: ImageSplit, share: number | undefined, seed: number): number[] {
  const kept = new Set(labelledShare(images, train, share ?? 1, createRandom(seed).fold('labels')));
  return [...train.keys()].filter((row) => kept.has(train[row] ?? -1));
}

interface Scoring {
  readonly images: ImageSet;
  readonly split: ImageSplit;
  readonly classifier: string;
  readonly seed: number;
}

/** Makes results of answers, and keeps those of the trained model to compare others with. */
function createScores({ images, split, classifier, seed }: Scoring) {
  const results: ProbeResult[] = [];
  const trained: { representation: string; answers: Answers }[] = [];
  const leadsOver = (answers: Answers, own: string) => {
    const alike = trained.filter(({ answers: { share } }) => share === answers.share);
    const same = alike.filter(({ representation }) => representation === own);
    const rivals = same.length > 0 ? same : alike;
    return rivals.map(({ representation, answers: ahead }) => leadOf(ahead, answers, representation, seed));
  };
  return {
    results,
    add: ({ baseline, representation }: Omit<FeatureSource, 'features'>, answers: Answers): TaskEvent => {
      const { share, trainCount, validationCount, chosen } = answers;
      if (baseline === undefined) trained.push({ representation, answers });
      const validation = validationCount === undefined ? {} : { validation: validationCount };
      const result: ProbeResult = {
        ...{ task: imageTask, representation, classifier, folds: 1, split: split.description },
        ...(representation === 'latent' || representation === 'context' ? { pooled: true } : {}),
        ...(baseline === undefined ? {} : { baseline, trainedLead: leadsOver(answers, representation) }),
        ...(share === undefined ? {} : { labelShare: share }),
        ...(chosen === undefined ? {} : { inverseRegularisation: [chosen] }),
        dataFingerprint: images.fingerprint,
        ...figuresOf(answers, seed),
        counts: { train: trainCount, ...validation, test: split.test.length },
      };
      results.push(result);
      return { type: 'probe-end', result };
    },
  };
}

function classifierNamed(name: string): ImageClassifier {
  const classifier = imageClassifierNamed(name);
  if (classifier !== undefined) return classifier;
  const expected = `a classifier out of ${imageClassifiers.join(', ')}`;
  throw new CpcError({ where: 'probe', expected, received: `"${name}"` });
}

function refuseUnknownBaselines(names: readonly string[]): void {
  const unknown = names.find((name) => !imageBaselines.includes(name));
  if (unknown === undefined) return;
  const expected = `baselines out of ${imageBaselines.join(', ')}`;
  throw new CpcError({ where: 'probe', expected, received: `"${unknown}"` });
}
