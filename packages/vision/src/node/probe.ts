/** `cpc vision probe`: what a classifier reads off one vector per image. */
import { CpcError, createRandom, gatherRows, type HostArray } from '@cpc/core';
import { type Control, createEngine, type ProbeRequest, type TaskEvent, updateRunRecord } from '@cpc/core/node';
import type { ProbeResult } from '@cpc/records';
import type { ImageSet } from '../data/image-set.js';
import {
  type FeatureSource,
  type ProbedVision,
  pictureFeatures,
  type Representation,
  randomFeatures,
  trainedFeatures,
} from '../probes/feature-sources.js';
import {
  defaultImageClassifier,
  type ImageClassifier,
  imageClassifierNamed,
  imageClassifiers,
} from '../probes/image-classifiers.js';
import { colourAndGradientHistograms, rawPixels } from '../probes/picture-baselines.js';
import { figuresOf, type ImageAnswers, leadOf } from '../probes/probe-result.js';
import { type ImageSplit, labelsOf, splitImages } from '../probes/split.js';
import { loadVisionModel } from './model-file.js';
import { leftOutFiles, openImages } from './open-images.js';
import { wholeImages } from './whole-images.js';

/** The one task there is: the class of an image. */
export const imageTask = 'class';

const baselines: Readonly<
  Record<string, (model: ProbedVision, representations: readonly Representation[]) => FeatureSource[]>
> = {
  random: (model, representations) => representations.map((name) => randomFeatures(model, name)),
  pixels: () => [pictureFeatures('pixels', rawPixels)],
  histograms: () => [pictureFeatures('histograms', colourAndGradientHistograms)],
};

export const imageBaselines: readonly string[] = Object.keys(baselines);

/** Probes a run, and each baseline asked for, on the same images. Results also go into the run's record. */
export async function* probeVision(
  request: ProbeRequest,
  control: Control,
): AsyncGenerator<TaskEvent, void, undefined> {
  const { representations = ['latent'], classifier = defaultImageClassifier, seed } = request;
  const fit = classifierNamed(classifier);
  const makers = request.baselines.map(baselineNamed);
  const model = { ...(await loadVisionModel(request.run)), engine: await createEngine(request.engine) };
  const { resizePixels: side } = model.settings;
  const { images } = await openImages(request.data, { side, strict: request.strict });
  const { indices, damaged } = await wholeImages(images, request.strict);
  for (const message of leftOutFiles({ skipped: [...images.skipped, ...damaged] })) yield { type: 'warning', message };
  const split = splitImages(images, indices, { random: createRandom(seed).fold('split'), seed });
  const sources = [
    ...representations.map((name) => trainedFeatures(model, name)),
    ...makers.flatMap((make) => make(model, representations)),
  ];
  const results: ProbeResult[] = [];
  const trained = new Map<string, ImageAnswers>();
  for (const source of sources) {
    const features = yield* featuresOf(source, images, split, control);
    if (features === undefined) return;
    const { answers, chosen } = await answersOf(features, { images, split, fit, model, seed });
    if (source.baseline === undefined) trained.set(source.representation, answers);
    const result = resultOf(source, answers, { images, split, classifier, chosen, seed, trained });
    results.push(result);
    yield { type: 'probe-end', result };
  }
  await addToRecord(request.run, results);
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

interface Fitting {
  readonly images: ImageSet;
  readonly split: ImageSplit;
  readonly fit: ImageClassifier;
  readonly model: ProbedVision;
  readonly seed: number;
}

async function answersOf(
  features: HostArray,
  { images, split, fit, model, seed }: Fitting,
): Promise<{ answers: ImageAnswers; chosen: number | undefined }> {
  const { train, test } = split;
  const fitted = await fit({
    features: gatherRows(features, [...train.keys()]),
    labels: labelsOf(images, train),
    classes: images.classes.length,
    engine: model.engine,
    random: createRandom(seed).fold('probe'),
  });
  const asked = gatherRows(
    features,
    test.map((_, row) => train.length + row),
  );
  const answers = { scores: await fitted.scores(asked), labels: labelsOf(images, test) };
  return { answers, chosen: fitted.inverseRegularisation };
}

interface Scored {
  readonly images: ImageSet;
  readonly split: ImageSplit;
  readonly classifier: string;
  readonly chosen: number | undefined;
  readonly seed: number;
  /** What was said on the trained model's features, by representation. */
  readonly trained: ReadonlyMap<string, ImageAnswers>;
}

function resultOf(
  { baseline, representation }: FeatureSource,
  answers: ImageAnswers,
  { images, split, classifier, chosen, seed, trained }: Scored,
): ProbeResult {
  const rivals = [...trained].filter(([name]) => !trained.has(representation) || name === representation);
  const leads = rivals.map(([name, ahead]) => leadOf(ahead, answers, name, seed));
  return {
    task: imageTask,
    representation,
    ...(baseline === undefined ? {} : { baseline, trainedLead: leads }),
    classifier,
    pooled: true,
    dataFingerprint: images.fingerprint,
    ...figuresOf(answers, seed),
    counts: { train: split.train.length, test: split.test.length },
    folds: 1,
    split: split.description,
    ...(chosen === undefined ? {} : { inverseRegularisation: [chosen] }),
  };
}

function classifierNamed(name: string): ImageClassifier {
  const classifier = imageClassifierNamed(name);
  if (classifier !== undefined) return classifier;
  const expected = `a classifier out of ${imageClassifiers.join(', ')}`;
  throw new CpcError({ where: 'probe', expected, received: `"${name}"` });
}

function baselineNamed(name: string) {
  const baseline = Object.hasOwn(baselines, name) ? baselines[name] : undefined;
  if (baseline !== undefined) return baseline;
  const expected = `baselines out of ${imageBaselines.join(', ')}`;
  throw new CpcError({ where: 'probe', expected, received: `"${name}"` });
}

/** Newer results take the place of older ones of the same features, classifier, data and split. */
async function addToRecord(run: string, results: readonly ProbeResult[]): Promise<void> {
  const keyOf = ({ task, representation, baseline, classifier, split, dataFingerprint, counts }: ProbeResult) =>
    JSON.stringify([task, representation, baseline, classifier, split, dataFingerprint, counts]);
  const replaced = new Set(results.map(keyOf));
  await updateRunRecord(run, ({ probes }) => ({
    probes: [...probes.filter((probe) => !replaced.has(keyOf(probe))), ...results],
  }));
}
