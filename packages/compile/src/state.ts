/**
 * Values that go from one step to the next: two sets of buffers, read from one and written to the
 * other, then swapped. Nothing is copied and no buffer is input and output at once.
 */
import { CompileError } from './errors.js';
import type { HostTensor, NamedHostTensors } from './host-tensor.js';

export interface State {
  /** What the next step reads. */
  readonly current: NamedHostTensors;
  /** What the next step writes. */
  readonly next: NamedHostTensors;
  /** Makes `next` the current one. */
  readonly swap: () => void;
  /** Copies of the current values, which later steps do not change. */
  readonly read: () => NamedHostTensors;
  /** Replaces the current values by copies of these; names and shapes must be the same. */
  readonly load: (values: NamedHostTensors) => void;
  /** Lets go of both sets; using the state afterwards is an error. */
  readonly dispose: () => void;
}

/** A state that starts with copies of `initial`. */
export function createState(initial: NamedHostTensors): State {
  return new DoubleBuffer(initial);
}

class DoubleBuffer implements State {
  #sets: [NamedHostTensors, NamedHostTensors] | undefined;

  constructor(initial: NamedHostTensors) {
    this.#sets = [copied(initial), copied(initial)];
  }

  get current(): NamedHostTensors {
    return this.#alive()[0];
  }

  get next(): NamedHostTensors {
    return this.#alive()[1];
  }

  readonly swap = (): void => {
    const [current, next] = this.#alive();
    this.#sets = [next, current];
  };

  readonly read = (): NamedHostTensors => copied(this.current);

  readonly load = (values: NamedHostTensors): void => {
    for (const [name, target] of Object.entries(this.current)) {
      const source = values[name];
      if (source === undefined || source.shape.join() !== target.shape.join()) {
        throw new CompileError(
          `state: expected "${name}" of shape [${target.shape.join(', ')}], received ${source === undefined ? 'nothing' : `[${source.shape.join(', ')}]`}.`,
        );
      }
      target.data.set(source.data);
    }
  };

  readonly dispose = (): void => {
    this.#sets = undefined;
  };

  #alive(): [NamedHostTensors, NamedHostTensors] {
    if (this.#sets === undefined) throw new CompileError('state: used after dispose().');
    return this.#sets;
  }
}

function copied(values: NamedHostTensors): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]): [string, HostTensor] => [
      name,
      { shape, data: data.slice() },
    ]),
  );
}
