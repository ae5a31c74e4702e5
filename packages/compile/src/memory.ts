/** Whether arrays lie in the same memory: what a run writes may be nothing that it reads or writes elsewhere. */
import { CompileError } from '@cpc/base';
import type { NamedHostTensors } from './host-tensor.js';

interface Use {
  readonly what: string;
  readonly written: boolean;
  readonly start: number;
  readonly end: number;
}

/** @throws {CompileError} if an array that is written shares bytes with one that is read, or with another that is written. */
export function refuseSharedMemory(read: NamedHostTensors, written: NamedHostTensors): void {
  const uses = new Map<ArrayBufferLike, Use[]>();
  note(uses, 'input', read);
  note(uses, 'output', written);
  for (const group of uses.values()) {
    if (group.length > 1) refuseOverlap(group.sort((a, b) => a.start - b.start));
  }
}

function note(uses: Map<ArrayBufferLike, Use[]>, kind: 'input' | 'output', tensors: NamedHostTensors): void {
  for (const [name, { data }] of Object.entries(tensors)) {
    if (data.byteLength === 0) continue;
    const use: Use = {
      what: `${kind} "${name}"`,
      written: kind === 'output',
      start: data.byteOffset,
      end: data.byteOffset + data.byteLength,
    };
    const group = uses.get(data.buffer);
    if (group === undefined) uses.set(data.buffer, [use]);
    else group.push(use);
  }
}

/** @param uses - parts of one buffer, by where they start. */
function refuseOverlap(uses: readonly Use[]): void {
  let furthest: Use | undefined;
  let furthestWritten: Use | undefined;
  for (const use of uses) {
    const other = use.written ? furthest : furthestWritten;
    if (other !== undefined && use.start < other.end) {
      throw new CompileError(
        `run: ${other.what} and ${use.what} share memory, and a run may write only to memory of its own. ` +
          'Pass a copy, or alternate between two sets of buffers (createState).',
      );
    }
    if (furthest === undefined || use.end > furthest.end) furthest = use;
    if (use.written && (furthestWritten === undefined || use.end > furthestWritten.end)) furthestWritten = use;
  }
}
