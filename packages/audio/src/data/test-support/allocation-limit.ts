/**
 * Makes arrays cost: code under test may ask for no more memory than a bound.
 *
 * Every way to make a typed array or buffer of a given length is replaced while an action runs, so a header that claims
 * 4 GiB is caught when the array is asked for, before the system gives it. All that is asked for counts, also what is no
 * longer held.
 */

const typedArrays = [
  ...['ArrayBuffer', 'SharedArrayBuffer', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'],
  ...['Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
] as const;

/** Bytes that one entry of a plain array takes. */
const plainEntryBytes = 8;

/** Watches allocations from `begin` to `end`. */
export class AllocationLimit {
  private left = 0;
  private readonly originals = new Map<string, unknown>();

  /** @param bytes - what may be asked for until `end`. */
  begin(bytes: number): void {
    this.left = bytes;
    for (const name of typedArrays) this.replace(name, Reflect.get(globalThis, name));
    this.replaceArray();
  }

  /**
   * Puts everything back.
   *
   * @throws {Error} if more was asked for than allowed, whatever became of the error then thrown.
   */
  end(): void {
    for (const [name, original] of this.originals) Reflect.set(globalThis, name, original);
    this.originals.clear();
    if (this.left < 0) throw new Error(`${-this.left} bytes more were asked for than allowed`);
  }

  private spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new Error('too much memory was asked for');
  }

  private replace(name: string, original: unknown): void {
    if (typeof original !== 'function') throw new Error(`no constructor ${name}`);
    const width = Number(Reflect.get(original, 'BYTES_PER_ELEMENT') ?? 1);
    this.put(name, original, (parts) => width * lengthAskedFor(parts[0]));
  }

  private replaceArray(): void {
    this.put('Array', Array, ([length]) => (typeof length === 'number' ? plainEntryBytes * length : 0));
  }

  private put(name: string, original: object & { prototype?: unknown }, cost: (parts: unknown[]) => number): void {
    this.originals.set(name, original);
    const make = (parts: unknown[]): object => {
      this.spend(cost(parts));
      return Reflect.construct(original as new () => object, parts);
    };
    const counted: object = new Proxy(original, {
      construct: (_target, parts: unknown[]) => make(parts),
      apply: (_target, _self, parts: unknown[]) => make(parts),
    });
    Reflect.set(globalThis, name, counted);
  }
}

/** Entries of `new Float32Array(what)` that take new memory: none for a view of a buffer. */
function lengthAskedFor(what: unknown): number {
  if (typeof what === 'number') return what;
  if (typeof what !== 'object' || what === null || !('length' in what)) return 0;
  return Number(what.length);
}
