/**
 * What convolutions and pools share: a window that moves over height and width.
 *
 * TensorFlow.js puts channels last, the runtime's operators want them first; the transposes between them
 * cancel where such operators follow one another (passes/transposes.ts).
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { type KernelAttributes, numbersAttribute } from './kernel.js';

/** Letters of pairs: height, then width. */
type HeightWidth = readonly [height: number, width: number];

export interface Window {
  readonly size: HeightWidth;
  readonly strides: HeightWidth;
  readonly dilations: HeightWidth;
  readonly input: HeightWidth;
  readonly output: HeightWidth;
  /** Zeros before the first and, as far as windows reach, after the last position. */
  readonly padBefore: HeightWidth;
  readonly padAfter: HeightWidth;
  /** Positions at the end that no window reaches. */
  readonly unread: HeightWidth;
}

export type DataFormat = 'NHWC' | 'NCHW';

export function dataFormatAttribute(attributes: KernelAttributes): DataFormat {
  return attributes.dataFormat === 'NCHW' ? 'NCHW' : 'NHWC';
}

/** The window of a convolution of `inputShape` with a filter [height, width, …]. */
export function convolutionWindow(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: KernelAttributes,
  depthwise = false,
): Window {
  return windowOf(
    tf.backend_util.computeConv2DInfo(
      rank4(inputShape),
      rank4(filterShape),
      heightWidth(attributes, 'strides'),
      heightWidth(attributes, 'dilations'),
      attributes.pad as 'same' | 'valid' | number,
      roundingMode(attributes),
      depthwise,
      tf.backend_util.convertConv2DDataFormat(dataFormatAttribute(attributes)),
    ),
  );
}

export function poolWindow(inputShape: readonly number[], attributes: KernelAttributes): Window {
  return windowOf(
    tf.backend_util.computePool2DInfo(
      rank4(inputShape),
      heightWidth(attributes, 'filterSize'),
      heightWidth(attributes, 'strides'),
      1,
      attributes.pad as 'same' | 'valid' | number,
      roundingMode(attributes),
    ),
  );
}

function windowOf(info: tf.backend_util.Conv2DInfo): Window {
  const { top, left } = info.padInfo;
  const spanned = (outputs: number, stride: number, length: number) => (outputs - 1) * stride + length;
  const rest: HeightWidth = [
    spanned(info.outHeight, info.strideHeight, info.effectiveFilterHeight) - info.inHeight - top,
    spanned(info.outWidth, info.strideWidth, info.effectiveFilterWidth) - info.inWidth - left,
  ];
  if (-rest[0] >= info.strideHeight || -rest[1] >= info.strideWidth) {
    throw new CompileError(
      `trace: a ${info.filterHeight} x ${info.filterWidth} window with strides ${info.strideHeight} and ${info.strideWidth} ` +
        'was padded by one number, from which TensorFlow.js derives the width as if it were the height. ' +
        'Pad by [[0, 0], [top, bottom], [left, right], [0, 0]].',
    );
  }
  return {
    size: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    padBefore: [top, left],
    padAfter: [Math.max(0, rest[0]), Math.max(0, rest[1])],
    unread: [Math.max(0, -rest[0]), Math.max(0, -rest[1])],
  };
}

/** ONNX attributes of an operator that moves this window. */
export function windowAttributes({ size, strides, dilations, padBefore, padAfter }: Window) {
  return { kernel_shape: size, strides, dilations, pads: [...padBefore, ...padAfter] };
}

/** True where every position is its own window. */
export function isPointwise({ size, strides, padBefore, padAfter }: Window): boolean {
  return [...size, ...strides].every((length) => length === 1) && [...padBefore, ...padAfter].every((pad) => pad === 0);
}

export function toChannelsFirst(g: GraphBuilder, x: Traced, format: DataFormat): Traced {
  return format === 'NHWC' ? g.transpose(x, [0, 3, 1, 2]) : x;
}

export function fromChannelsFirst(g: GraphBuilder, x: Traced, format: DataFormat): Traced {
  return format === 'NHWC' ? g.transpose(x, [0, 2, 3, 1]) : x;
}

export function toChannelsLast(g: GraphBuilder, x: Traced, format: DataFormat): Traced {
  return format === 'NCHW' ? g.transpose(x, [0, 2, 3, 1]) : x;
}

function heightWidth(attributes: KernelAttributes, name: string): [number, number] {
  if (attributes[name] == null) return [1, 1];
  const [height = 1, width = height] = numbersAttribute(attributes, name);
  return [height, width];
}

function roundingMode(attributes: KernelAttributes): 'floor' | 'round' | 'ceil' | undefined {
  const mode = attributes.dimRoundingMode;
  return mode === 'floor' || mode === 'round' || mode === 'ceil' ? mode : undefined;
}

function rank4(shape: readonly number[]): [number, number, number, number] {
  const [first = 1, second = 1, third = 1, fourth = 1] = shape;
  return [first, second, third, fourth];
}
