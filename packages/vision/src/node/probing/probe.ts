/** `cpc vision probe`: what a classifier reads off one vector per image. */
import { createRandom, entryAt, type HostArray } from '@cpc/core';
import { createEngine } from '@cpc/core/node';
import { createScoreboard, type FoldPredictions, gatherRows, requireKnown } from '@cpc/probes';
import type { ProbeResult } from '@cpc/records';
import { type Control, recordProbes, reportWarnings, type TaskEvent } from '@cpc/runs';
import type { ImageSet } from '../../data/image-set.js';
import {
  type FeatureSource,
  type ProbedVision,
  pictureFeatures,
  type Representation,
  randomFeatures,
  trainedFeatures,
} from '../../probes/feature-sources.js';
import type { ImageClassifier } from '../../probes/image-classifier.js';
import { defaultImageClassifier, imageClassifierNamed, imageClassifiers } from '../../probes/image-classifiers.js';
import { imagePredictions } from '../../probes/image-predictions.js';
import { colourAndGradientHistograms, rawPixels } from '../../probes/picture-baselines.js';
import { type ImageSplit, labelledShare, labelsOf, splitImages, splitWarnings } from '../../probes/split.js';
import { loadVisionModel } from '../model-file.js';
import { imageWarnings, openImages } from '../open-images.js';
import { wholeImages } from '../whole-images.js';
import type { ImageProbeRequest } from './probe-request.js';
import { refuseWithSupervised, supervisedBaseline, superviseImages } from './supervised-baseline.js';

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
  requireKnown('baselines', request.baselines, imageBaselines);
  refuseWithSupervised(request);
  const model = {
    ...(yield* reportWarnings(await loadVisionModel(request.run))),
    engine: await createEngine(request.engine),
  };
  const { images, split, warnings } = await openSplit(request, model.settings.resizePixels);
  for (const message of warnings) yield { type: 'warning', message };
  const scored = createResults({ images, split, classifier, seed });
  for (const source of sourcesOf(request.baselines, representations, model)) {
    const features = yield* featuresOf(source, images, split, control);
    if (features === undefined) return;
    for (const share of sharesOf(request)) {
      const training = { images, split, fit, model, seed, share, stepShare: request.stepShare };
      yield scored.add(source, share, await answersOf(features, training));
    }
  }
  if (request.baselines.includes(supervisedBaseline)) {
    for (const share of sharesOf(request)) {
      const train = trainRows(images, split, share, seed).map((row) => entryAt(split.train, row, 'images to train on'));
      const answers = yield* superviseImages({ images, train, test: split.test, model, seed, control });
      if (answers === undefined) return;
      yield scored.add({ baseline: supervisedBaseline, representation: 'latent' }, share, answers);
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

async function answersOf(features: HostArray, training: Training): Promise<FoldPredictions> {
  const { images, split, fit, model, seed, share, stepShare } = training;
  const rows = trainRows(images, split, share, seed);
  const fitted = await fit({
    features: gatherRows(features, rows),
    labels: labelsOf(
      images,
      rows.map((row) => entryAt(split.train, row, 'images to train on')),
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
  const { inverseRegularisation } = fitted;
  return imagePredictions(await fitted.scores(asked), labelsOf(images, split.test), {
    trainCount: rows.length,
    inverseRegularisation,
  });
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

/** Makes results of predictions, and keeps them. */
function createResults({ images, split, classifier, seed }: Scoring) {
  const results: ProbeResult[] = [];
  const scoreboard = createScoreboard({ classes: images.classes.length, seed, over: 'images' });
  return {
    results,
    add: (
      { baseline, representation }: Omit<FeatureSource, 'features'>,
      share: number | undefined,
      predictions: FoldPredictions,
    ): TaskEvent => {
      const origin = { baseline, representation, condition: share };
      const { accuracyPerFold: _, ...figures } = scoreboard.add(origin, [predictions]); // there is one fold
      const result: ProbeResult = {
        task: imageTask,
        representation,
        classifier,
        split: split.description,
        ...(representation === 'latent' || representation === 'context' ? { pooled: true } : {}),
        ...(baseline === undefined ? {} : { baseline }),
        ...(share === undefined ? {} : { labelShare: share }),
        dataFingerprint: images.fingerprint,
        ...figures,
      };
      results.push(result);
      return { type: 'probe-end', result };
    },
  };
}

function classifierNamed(name: string): ImageClassifier {
  requireKnown('a classifier', [name], imageClassifiers);
  const classifier = imageClassifierNamed(name);
  if (classifier === undefined) throw new Error(`${name} is listed and not there`);
  return classifier;
}
