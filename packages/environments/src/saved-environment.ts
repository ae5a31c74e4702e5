/**
 * Where the copies of an environment stand, as bytes: which episode each is in, and the actions taken in it so far.
 *
 * An episode follows from its seed and its actions. So nothing of an environment's inside needs to be written down: the actions
 * are taken again.
 */
import { CpcError, entryAt } from '@cpc/base';
import { z } from 'zod';

/** What one copy is in the middle of. */
export interface SavedEpisode {
  /** 0 for the first one after `reset`. */
  readonly episode: number;
  readonly actions: readonly number[];
}

export interface SavedEnvironment {
  readonly name: string;
  /** What `reset` was given. */
  readonly seed: number;
  /** In the order of the copies. */
  readonly episodes: readonly SavedEpisode[];
}

const whole = z.int().min(0);
const schema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  seed: z.int(),
  episodes: z.array(z.strictObject({ episode: whole, actions: z.array(whole) })),
});

export function encodeSavedEnvironment(saved: SavedEnvironment): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...saved }));
}

/** @throws {CpcError} if the bytes are damaged, or of an environment of another name or number of copies. */
export function decodeSavedEnvironment(bytes: Uint8Array, name: string, copies: number): SavedEnvironment {
  const saved = parse(bytes, name);
  if (saved.name === name && saved.episodes.length === copies) return saved;
  throw new CpcError({
    where: `${name}.restore`,
    expected: `the state of ${copies} copies of ${name}`,
    received: `that of ${saved.episodes.length} copies of ${saved.name}`,
    fix: 'Create the environment as it was when its state was saved.',
  });
}

/** The state of a batch from those of its parts, the first copies first. */
export function joinSaved(parts: readonly Uint8Array[], name: string, sizes: readonly number[]): Uint8Array {
  const saved = parts.map((part, index) =>
    decodeSavedEnvironment(part, name, entryAt(sizes, index, 'copies of the parts')),
  );
  return encodeSavedEnvironment({
    name,
    seed: entryAt(saved, 0, 'parts').seed,
    episodes: saved.flatMap(({ episodes }) => episodes),
  });
}

/** The states of the parts of a batch from that of the whole. */
export function splitSaved(bytes: Uint8Array, name: string, sizes: readonly number[]): Uint8Array[] {
  const copies = sizes.reduce((sum, size) => sum + size, 0);
  const { seed, episodes } = decodeSavedEnvironment(bytes, name, copies);
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return encodeSavedEnvironment({ name, seed, episodes: episodes.slice(end - size, end) });
  });
}

function parse(bytes: Uint8Array, name: string): SavedEnvironment {
  try {
    const { version: _, ...saved } = schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return saved;
  } catch (cause) {
    const expected = 'bytes that `save` of an environment gave';
    throw new CpcError({ where: `${name}.restore`, expected, received: `${bytes.byteLength} other bytes`, cause });
  }
}
