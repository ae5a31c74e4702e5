/**
 * From a picture to the patches that a network sees: crop, mirror, grey or colour, the grid, and what is kept of every patch.
 *
 * What is kept of a patch is set in its middle, with 0 around it: where it was cut from cannot be told from its frame.
 *
 * Letters used for shapes here:
 *   R  side of a picture    I  side of its crop    C  channels, 1 or 3    G  patches of the grid's side    P  side of a patch
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.2.
 */
import { CpcArgumentError, type Random } from '@cpc/core';
import { imagePixels, patchCount, patchOrigin } from '../geometry.js';
import type { VisionSettings } from '../presets.js';
import type { Picture } from './image-set.js';

/** The settings that decide how a picture becomes patches. */
export type PatchSettings = Pick<
  VisionSettings,
  'patchPixels' | 'patchStride' | 'gridSize' | 'resizePixels' | 'subcropPixels' | 'colour' | 'flip'
>;

/** What is chance for a picture. */
export interface Cropping {
  readonly top: number;
  readonly left: number;
  readonly isMirrored: boolean;
}

/** What is chance for a patch. */
export interface PatchView {
  /** Where the kept part begins, in the patch. */
  readonly top: number;
  readonly left: number;
  /** The one channel that is kept where the others are dropped. */
  readonly onlyChannel?: number;
}

/** Share of the patches that lose all channels but one, under `rgb-dropping`. Ours; the paper's pictures are grey. */
const droppedShare = 0.5;

/** C. */
export function channelCount({ colour }: Pick<VisionSettings, 'colour'>): number {
  return colour === 'grey' ? 1 : 3;
}

/** `[B G², P, P, C]`: the shape of the patches of so many images. */
export function patchesShape(settings: PatchSettings, images: number): number[] {
  return [images * patchCount(settings), settings.patchPixels, settings.patchPixels, channelCount(settings)];
}

/**
 * The patches of a picture, augmented by chance.
 *
 * @param random - the same stream gives the same patches.
 * @param target - `[G², P, P, C]`, in the order of `patchOrigin`; all of it is written. Values are from -1 to 1.
 * @throws {CpcArgumentError} if the picture is not R pixels a side.
 */
export function augmentedPatches(
  picture: Picture,
  settings: PatchSettings,
  random: Random,
  target: Float32Array,
): void {
  const room = settings.resizePixels - imagePixels(settings) + 1;
  const isMirrored = settings.flip && random.uniform() < 0.5;
  const cropping = { top: random.integer(room), left: random.integer(room), isMirrored };
  const views = Array.from({ length: patchCount(settings) }, () => drawView(settings, random));
  writePatches(picture, settings, cropping, (place) => views[place] ?? middleView(settings), target);
}

/** The patches of the middle of a picture, each cut in its middle: what features are computed from. */
export function middlePatches(picture: Picture, settings: PatchSettings, target: Float32Array): void {
  const margin = Math.floor((settings.resizePixels - imagePixels(settings)) / 2);
  const view = middleView(settings);
  writePatches(picture, settings, { top: margin, left: margin, isMirrored: false }, () => view, target);
}

/** A patch of the middle of a picture, in its own colours and to its edges: what a person is shown. */
export function patchOfPicture(picture: Picture, settings: PatchSettings, place: number): Picture {
  requireSide(picture, settings);
  const margin = Math.floor((settings.resizePixels - imagePixels(settings)) / 2);
  const { top, left } = patchOrigin(settings, place);
  const { patchPixels: side } = settings;
  const data = new Uint8Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const from = ((margin + top + row) * picture.side + margin + left) * 3;
    data.set(picture.data.subarray(from, from + side * 3), row * side * 3);
  }
  return { side, data };
}

/** Pixels before what is kept of a patch. */
export function frameBefore({ patchPixels, subcropPixels }: PatchSettings): number {
  return Math.floor((patchPixels - subcropPixels) / 2);
}

function drawView({ patchPixels, subcropPixels, colour }: PatchSettings, random: Random): PatchView {
  const room = patchPixels - subcropPixels + 1;
  const view = { top: random.integer(room), left: random.integer(room) };
  const isDropping = colour === 'rgb-dropping' && random.uniform() < droppedShare;
  return isDropping ? { ...view, onlyChannel: random.integer(3) } : view;
}

function middleView(settings: PatchSettings): PatchView {
  const before = frameBefore(settings);
  return { top: before, left: before };
}

function writePatches(
  picture: Picture,
  settings: PatchSettings,
  cropping: Cropping,
  viewOf: (place: number) => PatchView,
  target: Float32Array,
): void {
  requireSide(picture, settings);
  const pixels = cropped(picture, settings, cropping); // [I, I, C]
  const size = settings.patchPixels ** 2 * channelCount(settings);
  target.fill(0);
  for (let place = 0; place < patchCount(settings); place++) {
    writePatch(pixels, settings, place, viewOf(place), target.subarray(place * size, (place + 1) * size));
  }
}

/** `[I, I, C]`, from -1 to 1. */
export function cropped(picture: Picture, settings: PatchSettings, { top, left, isMirrored }: Cropping): Float32Array {
  const side = imagePixels(settings);
  const channels = channelCount(settings);
  const pixels = new Float32Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const across = isMirrored ? side - 1 - column : column;
      const from = ((top + row) * picture.side + left + across) * 3;
      writePixel(picture.data, from, pixels, (row * side + column) * channels, channels);
    }
  }
  return pixels;
}

function writePixel(from: Uint8Array, at: number, to: Float32Array, place: number, channels: number): void {
  const [red, green, blue] = [from[at] ?? 0, from[at + 1] ?? 0, from[at + 2] ?? 0];
  if (channels === 1) {
    to[place] = scaled(0.299 * red + 0.587 * green + 0.114 * blue); // luma of ITU-R BT.601
    return;
  }
  to[place] = scaled(red);
  to[place + 1] = scaled(green);
  to[place + 2] = scaled(blue);
}

/** 0 .. 255 to -1 .. 1. */
function scaled(value: number): number {
  return value / 127.5 - 1;
}

/** Copies the kept part of a patch; what is around it stays 0. */
function writePatch(
  pixels: Float32Array,
  settings: PatchSettings,
  place: number,
  { top, left, onlyChannel }: PatchView,
  target: Float32Array,
): void {
  const { patchPixels, subcropPixels } = settings;
  const side = imagePixels(settings);
  const channels = channelCount(settings);
  const origin = patchOrigin(settings, place);
  const before = frameBefore(settings);
  const length = subcropPixels * channels;
  for (let row = 0; row < subcropPixels; row++) {
    const from = ((origin.top + top + row) * side + origin.left + left) * channels;
    const to = ((before + row) * patchPixels + before) * channels;
    target.set(pixels.subarray(from, from + length), to);
    if (onlyChannel !== undefined) keepOnly(target, to, length, onlyChannel);
  }
}

function keepOnly(target: Float32Array, from: number, length: number, channel: number): void {
  for (let at = 0; at < length; at++) if (at % 3 !== channel) target[from + at] = 0;
}

function requireSide({ side }: Picture, { resizePixels }: PatchSettings): void {
  if (side === resizePixels) return;
  const expected = `a picture of ${resizePixels} x ${resizePixels} pixels, as resizePixels says`;
  throw new CpcArgumentError({ where: 'patches', argument: 'picture', expected, received: `${side} x ${side}` });
}
