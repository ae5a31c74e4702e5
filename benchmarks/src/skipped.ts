/** Peers that cannot run on this machine. */
import type { Contestant, Skipped } from '@cpc/testing';

export function isSkipped(side: Contestant | Skipped | undefined): side is Skipped {
  return side !== undefined && 'skipped' in side;
}
