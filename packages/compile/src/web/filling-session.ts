/**
 * onnxruntime-web leaves tensors that are given for outputs as they were and drops the results. This session asks for
 * fresh results and copies them over, as `Runtime` promises.
 */

import { CompileError } from '@cpc/base';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import { type OutputMap, WrappedSession } from '../wrapped-session.js';

export class FillingSession extends WrappedSession {
  protected override async runInto(
    feeds: InferenceSession.FeedsType,
    outputs: OutputMap,
    options: InferenceSession.RunOptions,
  ): Promise<InferenceSession.ReturnType> {
    const results = await this.session.run(feeds, Object.keys(outputs), options);
    return Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, filled(name, outputs[name] ?? result, result)]),
    );
  }
}

function filled(name: string, target: Tensor, result: Tensor): Tensor {
  if (target === result) return result;
  const { data: to } = target;
  const { data: from } = result;
  const copied =
    (to instanceof Float32Array && from instanceof Float32Array) ||
    (to instanceof Int32Array && from instanceof Int32Array) ||
    (to instanceof Uint8Array && from instanceof Uint8Array);
  if (!copied || to.length !== from.length) {
    throw new CompileError(
      `run: output "${name}" is ${result.type}[${result.dims.join(', ')}] and does not fit the given buffer.`,
    );
  }
  to.set(from);
  return target;
}
