/**
 * Runs that write into given tensors and copy nothing.
 *
 * onnxruntime-node 1.30 copies every output once more, into new memory, after it was written where it should be: for the gradients,
 * parameters and averages of a large model that took two fifths of a training step. But it knows no lists of tensors, and says so before
 * it copies what stands behind one: an empty list is put in front of the outputs, and the refusal to return it taken for the end of a run,
 * which it is. Later versions hand outputs over without copying (js/node/src/tensor_helper.cc of onnxruntime); one that returns lists
 * would end a run by returning, which serves as well.
 */
import type { InferenceSession } from 'onnxruntime-common';
import { MessageWriter } from '../onnx/protobuf.js';
import { type OutputMap, WrappedSession } from '../wrapped-session.js';

const listName = 'no outputs are returned';
const refusal = /^Non tensor type/;

export class GivenOutputsSession extends WrappedSession {
  override get outputNames(): readonly string[] {
    return this.session.outputNames.filter((name) => name !== listName);
  }

  override get outputMetadata(): readonly InferenceSession.ValueMetadata[] {
    return this.session.outputMetadata.filter(({ name }) => name !== listName);
  }

  protected override async runInto(
    feeds: InferenceSession.FeedsType,
    outputs: OutputMap,
    options: InferenceSession.RunOptions,
  ): Promise<InferenceSession.ReturnType> {
    const given = Object.entries(outputs).flatMap(([name, tensor]) =>
      tensor === null ? [] : [[name, tensor] as const],
    );
    if (given.length < Object.keys(outputs).length) return this.session.run(feeds, outputs, options);
    try {
      await this.session.run(feeds, { [listName]: null, ...outputs }, options);
    } catch (error) {
      if (!(error instanceof Error && refusal.test(error.message))) throw error;
    }
    return Object.fromEntries(given);
  }
}

/**
 * A model that makes an empty list first. Bytes of two messages behind one another are one message, whose lists are those of both
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 *
 * @param model - an ONNX file of opset 11 or later.
 */
export function withListFirst(model: Uint8Array): Uint8Array {
  const tensorType = new MessageWriter().message(1, new MessageWriter().integer(1, 1)); // of float32
  const listType = new MessageWriter().message(4, new MessageWriter().message(1, tensorType));
  const graph = new MessageWriter()
    .message(1, new MessageWriter().text(2, listName).text(4, 'SequenceEmpty'))
    .message(12, new MessageWriter().text(1, listName).message(2, listType));
  const first = new MessageWriter().message(7, graph).finish();
  const whole = new Uint8Array(first.length + model.length);
  whole.set(first);
  whole.set(model, first.length);
  return whole;
}
