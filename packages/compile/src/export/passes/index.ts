/** What makes a generalised graph pleasant to read: weights as they are used, no Transpose that another undoes. */
import { commonSubexpressions } from '../../passes/common-subexpressions.js';
import { constantFolding } from '../../passes/constant-folding.js';
import { deadCode } from '../../passes/dead-code.js';
import { identities } from '../../passes/identities.js';
import { nameOutputs } from '../../passes/name-outputs.js';
import type { Pass } from '../../passes/support/pass.js';
import { foldBias } from './fold-bias.js';
import { shareWeights } from './share-weights.js';
import { sinkTransposes } from './sink-transposes.js';
import { unitAxes } from './unit-axes.js';

/** In the order in which they help one another; for graphs whose lengths are named. */
export const exportPasses: readonly Pass[] = [
  deadCode,
  constantFolding,
  shareWeights,
  unitAxes,
  sinkTransposes,
  identities,
  deadCode,
  foldBias,
  commonSubexpressions,
  nameOutputs,
  deadCode,
];
