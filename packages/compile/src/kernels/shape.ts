/** Values stay, shapes change: reshape, transpose, tile, and blocks of space moved to other axes. */

import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { axisFromFront, input, type Kernel, numberAttribute, numbersAttribute, pairsAttribute } from './kernel.js';
import { padded } from './padding.js';
import { sliced } from './slicing.js';

const reshape: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const shape = tf.util.inferFromImplicitShape(numbersAttribute(attributes, 'shape'), sizeOf(x.shape));
  return g.reshape(x, shape);
};

const expandDims: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'input');
  const axis = axisFromFront(numberAttribute(attributes, 'dim', 0), x.shape.length + 1);
  return g.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
};

const transpose: Kernel = (g, inputs, attributes) =>
  g.transpose(input(inputs, 'x'), numbersAttribute(attributes, 'perm'));

const tile: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const reps = numbersAttribute(attributes, 'reps');
  const shape = x.shape.map((length, axis) => length * (reps[axis] ?? 1));
  const broadcasts = x.shape.every((length, axis) => length === 1 || reps[axis] === 1);
  return g.node(broadcasts ? 'Expand' : 'Tile', [x, g.int64(broadcasts ? shape : reps)], shape, x.dtype);
};

/** Cuts space into blocks and stacks the blocks' positions on the batch axis. */
const spaceToBatch: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const block = numbersAttribute(attributes, 'blockShape');
  const paddings = [[0, 0] as const, ...pairsAttribute(attributes, 'paddings')];
  const whole = padded(g, x, [...paddings, ...x.shape.slice(paddings.length).map(() => [0, 0] as const)], 0);
  const space = [...whole.shape];
  const cut = g.reshape(whole, tf.backend_util.getReshaped(space, block, sizeOf(block), false));
  const moved = g.transpose(cut, tf.backend_util.getPermuted(cut.shape.length, block.length, false));
  return g.reshape(moved, tf.backend_util.getReshapedPermuted(space, block, sizeOf(block), false));
};

/** The inverse: blocks' positions return from the batch axis, then edges are cropped. */
const batchToSpace: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const block = numbersAttribute(attributes, 'blockShape');
  const crops = pairsAttribute(attributes, 'crops').map((pair) => [...pair]);
  const split = g.reshape(x, tf.backend_util.getReshaped([...x.shape], block, sizeOf(block)));
  const moved = g.transpose(split, tf.backend_util.getPermuted(split.shape.length, block.length));
  const whole = tf.backend_util.getReshapedPermuted([...x.shape], block, sizeOf(block));
  const rest = whole.slice(1 + block.length);
  const begin = [...tf.backend_util.getSliceBeginCoords(crops, block.length), ...rest.map(() => 0)];
  const size = [...tf.backend_util.getSliceSize(whole, crops, block.length), ...rest];
  return sliced(g, g.reshape(moved, whole), begin, size);
};

/** Channels become space: [N, H, W, b b C] to [N, b H, b W, C]. */
const depthToSpace: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const block = numberAttribute(attributes, 'blockSize');
  return attributes.dataFormat === 'NCHW' ? channelsFirstToSpace(g, x, block) : channelsLastToSpace(g, x, block);
};

function channelsLastToSpace(g: GraphBuilder, x: Traced, block: number): Traced {
  const [batch = 0, height = 0, width = 0, depth = 0] = x.shape;
  const channels = depth / block ** 2;
  const cut = g.reshape(x, [batch, height, width, block, block, channels]);
  const moved = g.transpose(cut, [0, 1, 3, 2, 4, 5]);
  return g.reshape(moved, [batch, height * block, width * block, channels]);
}

function channelsFirstToSpace(g: GraphBuilder, x: Traced, block: number): Traced {
  const [batch = 0, depth = 0, height = 0, width = 0] = x.shape;
  const shape = [batch, depth / block ** 2, height * block, width * block];
  return g.node('DepthToSpace', [x], shape, x.dtype, { blocksize: block, mode: 'DCR' });
}

export const shapeKernels: Readonly<Record<string, Kernel>> = {
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  ExpandDims: expandDims,
  Reshape: reshape,
  SpaceToBatchND: spaceToBatch,
  Tile: tile,
  Transpose: transpose,
};
