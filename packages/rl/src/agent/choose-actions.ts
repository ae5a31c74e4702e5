/**
 * From logits to actions, on the host: so that every engine, given the same logits, acts alike.
 *
 * Letters used for shapes here:
 *   B  copies    A  actions
 */
import type { Random } from '@cpc/core';

/**
 * One action for every copy, drawn from the softmax of its logits.
 *
 * @param logits - `[B, A]`, finite.
 * @param random - one number is drawn for every copy, in order.
 * @returns `[B]`, new.
 */
export function drawActions(logits: Float32Array, actionCount: number, random: Random): Int32Array {
  return Int32Array.from({ length: logits.length / actionCount }, (_, copy) =>
    drawAction(logits.subarray(copy * actionCount, (copy + 1) * actionCount), random.uniform()),
  );
}

/** The action in whose part of the unit interval the number falls; parts lie in the order of the actions. */
function drawAction(logits: Float32Array, uniform: number): number {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const weights = Array.from(logits, (logit) => Math.exp(logit - largest));
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [action, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return action;
  }
  return weights.length - 1; // rounding
}

/** The most probable action of every copy; the first of equal ones. */
export function likeliestActions(logits: Float32Array, actionCount: number): Int32Array {
  return Int32Array.from({ length: logits.length / actionCount }, (_, copy) => {
    const row = logits.subarray(copy * actionCount, (copy + 1) * actionCount);
    return row.reduce((best, logit, action) => (logit > (row[best] ?? 0) ? action : best), 0);
  });
}
