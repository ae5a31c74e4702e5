/** Softmax and its logarithm, along the last axis as TensorFlow.js defines the kernels. */
import { axisFromFront, input, type Kernel, numberAttribute } from './kernel.js';

const alongLastAxis =
  (op: string, attribute: string): Kernel =>
  (g, inputs, attributes) => {
    const logits = input(inputs, 'logits');
    const axis = axisFromFront(numberAttribute(attributes, attribute, -1), logits.shape.length);
    return g.node(op, [logits], logits.shape, 'float32', { axis });
  };

export const softmaxKernels: Readonly<Record<string, Kernel>> = {
  LogSoftmax: alongLastAxis('LogSoftmax', 'axis'),
  Softmax: alongLastAxis('Softmax', 'dim'),
};
