/** Every TensorFlow.js kernel that can be traced, by name. One file per family. */
import { elementwiseKernels } from './elementwise.js';
import { gatherKernels } from './gather.js';
import type { Kernel } from './kernel.js';
import { matmulKernels } from './matmul.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';

export const kernelTable: Readonly<Record<string, Kernel>> = {
  ...elementwiseKernels,
  ...gatherKernels,
  ...matmulKernels,
  ...reductionKernels,
  ...shapeKernels,
};
