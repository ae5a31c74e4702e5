import { CompileError } from '@cpc/base';
import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { kernelTable } from './index.js';
import type { Kernel, KernelAttributes } from './kernel.js';

const call = (name: string, inputs: readonly string[], attributes: KernelAttributes) => () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 3], dtype: 'float32' });
  return (kernelTable[name] as Kernel)(g, Object.fromEntries(inputs.map((input) => [input, x])), attributes);
};

it('a call that does not fit is refused with the kernel, what is wrong, and the version of TensorFlow.js', () => {
  for (const [wrong, message] of [
    [call('Sum', [], {}), 'kernel Sum lacks its input "x"'],
    [
      call('Cumsum', ['x'], { axis: 'last' }),
      'kernel Cumsum has an attribute "axis" that should be a number and is last',
    ],
    [call('Slice', ['x'], { begin: ['0'] }), 'kernel Slice has an attribute "begin" that should be a list of numbers'],
    [
      call('PadV2', ['x'], { paddings: [[1]] }),
      'kernel PadV2 has an attribute "paddings" that should be a list of pairs',
    ],
    [
      call('Cast', ['x'], { dtype: 'string' }),
      'kernel Cast was asked for an element type: string is not supported, but float32',
    ],
  ] as const) {
    expect(wrong, message).toThrow(CompileError);
    expect(wrong).toThrow(message);
    expect(wrong).toThrow(/TensorFlow\.js 4\.22/);
  }
});
