/**
 * Which images a classifier learns from and which it is asked about: as the data say, or a fifth of every class held out. Of the
 * first some may be taken as if the others had no label.
 */
import { CpcError, entryAt, type Random } from '@cpc/core';
import { oneSidedClasses, stratifiedFolds } from '@cpc/probes';
import type { ImageSet } from '../data/image-set.js';

/** Images by index. */
export interface ImageSplit {
  readonly train: readonly number[];
  readonly test: readonly number[];
  /** In words. */
  readonly description: string;
}

/** Classes that are on one side of a split only, in words. */
export function splitWarnings(set: ImageSet, { train, test }: ImageSplit): string[] {
  return oneSidedClasses(set.classes, [{ train: labelsOf(set, train), test: labelsOf(set, test) }]);
}

const heldOutParts = 5;

/**
 * @param indices - images that can be used.
 * @param seed - named in the description; `random` is its stream.
 * @throws {CpcError} if images have no classes, or there are fewer than two with an image on either side.
 */
export function splitImages(
  set: ImageSet,
  indices: readonly number[],
  { random, seed }: { readonly random: Random; readonly seed: number },
): ImageSplit {
  requireClasses(set);
  const labelled = indices.filter((index) => set.images[index]?.label !== undefined);
  const given = labelled.filter((index) => set.images[index]?.side === 'test');
  const split = given.length > 0 ? givenSplit(set, labelled) : drawnSplit(set, labelled, random, seed);
  requireBothSides(set, split);
  return split;
}

function givenSplit({ images }: ImageSet, labelled: readonly number[]): ImageSplit {
  return {
    train: labelled.filter((index) => images[index]?.side !== 'test'),
    test: labelled.filter((index) => images[index]?.side === 'test'),
    description: 'the given split',
  };
}

function drawnSplit(set: ImageSet, labelled: readonly number[], random: Random, seed: number): ImageSplit {
  const labels = labelled.map((index) => labelOf(set, index));
  const [fold] = stratifiedFolds(labels, heldOutParts, random);
  const images = (rows: readonly number[] = []) => rows.flatMap((row) => labelled[row] ?? []);
  const description = `one image in ${heldOutParts} of every class held out, seed ${seed}; training without labels may have seen them`;
  return { train: images(fold?.train), test: images(fold?.test), description };
}

/**
 * Some images of every class, as if the others had no label.
 *
 * @param share - above 0, up to 1. At least one image of every class is kept.
 */
export function labelledShare(
  set: ImageSet,
  train: readonly number[],
  share: number,
  random: Random,
): readonly number[] {
  if (share >= 1) return train;
  return set.classes.flatMap((_, label) => {
    const own = train.filter((index) => labelOf(set, index) === label);
    const count = Math.min(own.length, Math.max(1, Math.round(share * own.length)));
    return [...random.fold('class', label).choose(own.length, count)].map((place) =>
      entryAt(own, place, 'images of a class'),
    );
  });
}

/**
 * The class of an image.
 *
 * @throws {CpcError} if it has none, or one that the set does not name.
 */
export function labelOf({ name, images, classes }: ImageSet, index: number): number {
  const label = images[index]?.label;
  if (label !== undefined && classes[label] === undefined)
    throw new CpcError({ where: name, expected: `a class from 0 to ${classes.length - 1}`, received: label });
  if (label !== undefined) return label;
  throw new CpcError({ where: name, expected: 'an image with a class', received: images[index]?.name ?? index });
}

export function labelsOf(set: ImageSet, indices: readonly number[]): Int32Array {
  return Int32Array.from(indices, (index) => labelOf(set, index));
}

function requireClasses({ name, classes }: ImageSet): void {
  if (classes.length >= 2) return;
  throw new CpcError({
    where: name,
    expected: 'images of at least 2 classes: a folder for each, named after it',
    received: classes.length === 1 ? `the class ${classes[0]} alone` : 'images without classes',
  });
}

function requireBothSides(set: ImageSet, { train, test }: ImageSplit): void {
  const classesOn = (side: readonly number[]) => new Set(labelsOf(set, side)).size;
  if (classesOn(train) >= 2 && test.length > 0) return;
  throw new CpcError({
    where: set.name,
    expected: 'images of at least 2 classes to learn from, and some to ask about',
    received: `${classesOn(train)} classes to learn from, ${test.length} images to ask about`,
  });
}
