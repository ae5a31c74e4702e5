/** What makes a generalised graph pleasant to read: weights as they are used, no Transpose that another undoes. */
import { shareCommonSubexpressions } from '../../passes/common-subexpressions.js';
import { foldConstants } from '../../passes/constant-folding.js';
import { removeDeadCode } from '../../passes/dead-code.js';
import { removeIdentities } from '../../passes/identities.js';
import { nameOutputs } from '../../passes/name-outputs.js';
import type { Pass } from '../../passes/pass.js';
import { foldBias } from './fold-bias.js';
import { shareWeights } from './share-weights.js';
import { sinkTransposes } from './sink-transposes.js';
import { nameUnitAxes } from './unit-axes.js';

/** In the order in which they help one another; for graphs whose lengths are named. */
export const exportPasses: readonly Pass[] = [
  removeDeadCode,
  foldConstants,
  shareWeights,
  nameUnitAxes,
  sinkTransposes,
  removeIdentities,
  removeDeadCode,
  foldBias,
  shareCommonSubexpressions,
  nameOutputs,
  removeDeadCode,
];
