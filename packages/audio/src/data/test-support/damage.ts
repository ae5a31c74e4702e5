/**
 * Damages bytes and text in seeded ways, for tests that parsers refuse what they cannot read and never crash.
 */
import type { Random } from '@cpc/core';
import { CpcError } from '@cpc/core';

/** A copy of `bytes` with some bits flipped, cut short, lengthened, or a run overwritten. */
export function damageBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const damaged = bytes.slice();
  const flips = 1 + random.integer(8);
  for (let flip = 0; flip < flips; flip += 1) damaged[random.integer(damaged.length)] = random.integer(256);
  const kind = random.integer(4);
  if (kind === 0) return damaged.subarray(0, random.integer(damaged.length + 1));
  if (kind === 1) damaged.fill(random.integer(2) * 255, random.integer(damaged.length));
  if (kind === 2) return Uint8Array.from([...damaged, ...damaged.subarray(0, 64)]);
  return damaged;
}

/** As `damageBytes`, for text of one byte per character. */
export function damageText(text: string, random: Random): string {
  return new TextDecoder('latin1').decode(damageBytes(new TextEncoder().encode(text), random));
}

/**
 * Runs `parse` and says how it ended; anything but a result or an error that names `where` is thrown on.
 */
export function outcomeOf(parse: () => void, where: string): 'read' | 'refused' {
  try {
    parse();
    return 'read';
  } catch (error) {
    if (CpcError.isInstance(error) && error.message.startsWith(where)) return 'refused';
    throw error;
  }
}
