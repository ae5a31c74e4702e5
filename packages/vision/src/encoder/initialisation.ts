/**
 * What the branches of a residual network without normalisation start from, so that neither signal nor gradient grows with depth.
 *
 * - `fixup` (Zhang, Dauphin & Ma, 2019, arXiv:1901.09321): the last layer of every branch is 0, the others are He's times
 *   L^(-1/(2m - 2)) for L branches of m layers, and a learned factor of 1 on the branch. Theirs: scalar biases before every layer
 *   and activation; ours: a bias for every channel behind every layer; the same functions can be learned.
 * - `skip-init` (De & Smith, 2020, arXiv:2002.10444): all layers are He's, and the learned factor on the branch starts at 0.
 * - `scaled-he`: all layers are He's, the last of every branch times L^(-1/2), and the factor starts at 1. No gradient is 0 at
 *   the first update, and the network is one of random features from the beginning.
 */
import { type Conv2dParameters, type HostArray, initialiseConv2d, type Random } from '@cpc/core';
import type { Initialisation } from '../presets.js';
import type { BranchLayer } from './architecture.js';

export interface BranchPlace {
  /** L. */
  readonly branches: number;
  /** m. */
  readonly layers: number;
  /** Of the layer in its branch, from 0. */
  readonly layer: number;
}

/** Kernel and bias of a layer of a branch. */
export function initialiseBranchLayer(
  kind: Initialisation,
  { kernelSize, inputs, outputs }: BranchLayer,
  place: BranchPlace,
  random: Random,
): Conv2dParameters<HostArray> {
  const shape = { kernelHeight: kernelSize, kernelWidth: kernelSize, inputs, outputs };
  const { kernel, bias } = initialiseConv2d(shape, random);
  const factor = kernelFactor(kind, place);
  return { kernel: { shape: kernel.shape, data: kernel.data.map((weight) => weight * factor) }, bias };
}

/** The learned factor on a branch, `[1]`. */
export function initialiseBranchFactor(kind: Initialisation): HostArray {
  return { shape: [1], data: Float32Array.of(kind === 'skip-init' ? 0 : 1) };
}

/** On He's deviation. */
function kernelFactor(kind: Initialisation, { branches, layers, layer }: BranchPlace): number {
  const isLast = layer === layers - 1;
  if (kind === 'fixup') return isLast ? 0 : branches ** (-1 / (2 * layers - 2));
  if (kind === 'scaled-he') return isLast ? branches ** -0.5 : 1;
  return 1;
}
