/**
 * Values that go from one step to the next: two sets of buffers, read from one and written to the
 * other, then swapped. Nothing is copied and no buffer is input and output at once.
 */
import { CompileError } from '@cpc/base';
import { describedTensor, type HostTensor, type NamedHostTensors } from './host-tensor.js';

export interface State {
  /** What the next step reads. */
  readonly current: NamedHostTensors;
  /** What the next step writes. */
  readonly next: NamedHostTensors;
  /** Makes `next` the current one. */
  readonly swap: () => void;
  /** Copies of the current values, which later steps do not change. */
  readonly read: () => NamedHostTensors;
  /**
   * Replaces the current values by copies of these, all or none of them. Further names are ignored.
   *
   * @throws {CompileError} if a name is missing or its shape, element type or number of elements is another.
   */
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
    const current = Object.entries(this.current);
    const sources = current.map(([name, target]) => matching(name, target, values[name]));
    for (const [index, [, target]] of current.entries()) target.data.set(sources[index]?.data ?? []);
  };

  readonly dispose = (): void => {
    this.#sets = undefined;
  };

  #alive(): [NamedHostTensors, NamedHostTensors] {
    if (this.#sets === undefined) throw new CompileError('state: used after dispose().');
    return this.#sets;
  }
}

/** The given tensor, if it can take the target's place. */
function matching(name: string, target: HostTensor, given: HostTensor | undefined): HostTensor {
  const expected = describedTensor(target);
  const received = given === undefined ? 'nothing' : describedTensor(given);
  if (given !== undefined && received === expected) return given;
  throw new CompileError(
    `state: load: expected "${name}" to be ${expected}, received ${received}. Nothing was loaded: pass values that ` +
      'read() of a state with the same names, shapes and element types gave.',
  );
}

function copied(values: NamedHostTensors): NamedHostTensors {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]): [string, HostTensor] => [
      name,
      { shape, data: data.slice() },
    ]),
  );
}
