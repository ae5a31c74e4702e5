/** Our side of a case that uses a trained model: nothing is minimised, and what is computed stands where others have gradients. */
import type { Outcome, OwnSide } from './case.js';

/** @param encode - the whole computation; what it gives is compared by name. */
export function encodingSide(
  encode: () => Promise<Outcome['gradients']>,
  dispose: () => Promise<void>,
): Required<OwnSide> {
  const timed = async () => {
    const started = performance.now();
    const gradients = await encode();
    return { milliseconds: performance.now() - started, gradients };
  };
  return {
    check: async () => ({ ...(await timed()), lossNats: 0 }),
    step: async () => ({ milliseconds: (await timed()).milliseconds }),
    dispose,
  };
}
