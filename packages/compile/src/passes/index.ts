/** The passes in the order in which they help one another. */
import type { Graph } from '../graph.js';
import { chains } from './chains.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { constantFolding } from './constant-folding.js';
import { convolutionProducts } from './convolution-products.js';
import { deadCode } from './dead-code.js';
import { earlyOutputs } from './early-outputs.js';
import { earlyRelus } from './early-relus.js';
import { expands } from './expands.js';
import { identities } from './identities.js';
import { longSums } from './long-sums.js';
import { lowerPrimitives, type Purpose } from './lower-primitives.js';
import { nameOutputs } from './name-outputs.js';
import { parts } from './parts.js';
import { reluMasks } from './relu-masks.js';
import type { Pass } from './support/pass.js';
import { transposes } from './transposes.js';

/**
 * The passes that `compile` applies: for functions whose parameters change from run to run (`train`), or whose parameters are constants
 * (`infer`); or those that serve for graphs of fixed shapes that other programs read (`export`).
 */
export function standardPasses(purpose: Purpose): Pass[] {
  return [
    deadCode,
    lowerPrimitives(purpose),
    ...(purpose === 'train' ? [convolutionProducts] : []),
    identities,
    parts,
    expands,
    constantFolding,
    reluMasks,
    ...(purpose === 'infer' ? [earlyRelus] : []),
    chains,
    identities,
    commonSubexpressions,
    deadCode,
    transposes,
    ...(purpose === 'export' ? [] : [longSums]),
    identities,
    commonSubexpressions,
    deadCode,
    nameOutputs,
    ...(purpose === 'train' ? [earlyOutputs] : []),
  ];
}

/** Applies passes from first to last. */
export function applyPasses(graph: Graph, passes: readonly Pass[]): Graph {
  return passes.reduce((current, pass) => pass.apply(current), graph);
}
