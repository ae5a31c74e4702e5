/** The passes in the order in which they help one another. */
import type { Graph } from '../graph.js';
import { collapseChains } from './chains.js';
import { shareCommonSubexpressions } from './common-subexpressions.js';
import { foldConstants } from './constant-folding.js';
import { multiplyConvolutions } from './convolution-products.js';
import { removeDeadCode } from './dead-code.js';
import { computeOutputsEarly } from './early-outputs.js';
import { leadRelus } from './early-relus.js';
import { sinkExpands } from './expands.js';
import { removeIdentities } from './identities.js';
import { splitLongSums } from './long-sums.js';
import { lowerPrimitives, type Purpose } from './lower-primitives.js';
import { nameOutputs } from './name-outputs.js';
import { takeParts } from './parts.js';
import type { Pass } from './pass.js';
import { maskByReluOutputs } from './relu-masks.js';
import { moveTransposes } from './transposes.js';

/**
 * The passes that `compile` applies: for functions whose parameters change from run to run (`train`), or whose parameters are constants
 * (`infer`); or those that serve for graphs of fixed shapes that other programs read (`export`).
 */
export function standardPasses(purpose: Purpose): Pass[] {
  return [
    removeDeadCode,
    lowerPrimitives(purpose),
    ...(purpose === 'train' ? [multiplyConvolutions] : []),
    removeIdentities,
    takeParts,
    sinkExpands,
    foldConstants,
    maskByReluOutputs,
    ...(purpose === 'infer' ? [leadRelus] : []),
    collapseChains,
    removeIdentities,
    shareCommonSubexpressions,
    removeDeadCode,
    moveTransposes,
    ...(purpose === 'export' ? [] : [splitLongSums]),
    removeIdentities,
    shareCommonSubexpressions,
    removeDeadCode,
    nameOutputs,
    ...(purpose === 'train' ? [computeOutputsEarly] : []),
  ];
}

/** Applies passes from first to last. */
export function applyPasses(graph: Graph, passes: readonly Pass[]): Graph {
  return passes.reduce((current, pass) => pass.apply(current), graph);
}
