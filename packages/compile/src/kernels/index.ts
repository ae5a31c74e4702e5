/** Every TensorFlow.js kernel that can be traced, by name. One file per family. */
import { CompileError } from '@cpc/base';
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { activationKernels } from './activation.js';
import { binaryKernels } from './binary.js';
import { convolutionKernels } from './convolution.js';
import { cumulativeKernels } from './cumulative.js';
import { depthwiseKernels } from './depthwise.js';
import { empty, fillKernels } from './fill.js';
import { gatherKernels } from './gather.js';
import { type Kernel, UnsupportedCall } from './kernel.js';
import { logicKernels } from './logic.js';
import { matmulKernels } from './matmul.js';
import { normalisationKernels } from './normalisation.js';
import { orderKernels } from './order.js';
import { paddingKernels } from './padding.js';
import { poolingKernels } from './pooling.js';
import { reductionKernels } from './reduction.js';
import { shapeKernels } from './shape.js';
import { slicingKernels } from './slicing.js';
import { unaryKernels } from './unary.js';

const kernels: Readonly<Record<string, Kernel>> = {
  ...activationKernels,
  ...binaryKernels,
  ...convolutionKernels,
  ...cumulativeKernels,
  ...depthwiseKernels,
  ...fillKernels,
  ...gatherKernels,
  ...logicKernels,
  ...matmulKernels,
  ...normalisationKernels,
  ...orderKernels,
  ...paddingKernels,
  ...poolingKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...slicingKernels,
  ...unaryKernels,
};

export const kernelTable: Readonly<Record<string, Kernel>> = Object.fromEntries(
  Object.entries(kernels).map(([name, kernel]) => [name, withName(name, withEmptyResults(kernel))]),
);

function withName(name: string, kernel: Kernel): Kernel {
  return (g, inputs, attributes) => {
    try {
      return kernel(g, inputs, attributes);
    } catch (error) {
      if (!(error instanceof UnsupportedCall)) throw error;
      throw new CompileError(
        `trace: TensorFlow.js kernel ${name} ${error.message}. Call its function with other arguments, or use ` +
          'TensorFlow.js 4.22, whose kernels packages/compile/src/kernels/ is written for.',
      );
    }
  };
}

/** A result without elements is a constant: the runtime's operators need not know how to compute nothing. */
function withEmptyResults(kernel: Kernel): Kernel {
  return (g, inputs, attributes) => {
    const result = kernel(g, inputs, attributes);
    return Array.isArray(result) ? result.map((one) => constantIfEmpty(g, one)) : constantIfEmpty(g, result);
  };
}

function constantIfEmpty(g: GraphBuilder, value: Traced): Traced {
  return sizeOf(value.shape) === 0 ? empty(g, value.shape, value.dtype) : value;
}
