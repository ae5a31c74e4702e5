/** The benchmarks of the probes; `benchmarks/` finds and runs them. */
import { logisticRegression } from './logistic-regression.js';
import { mlpProbe } from './mlp-probe.js';
import { nearestNeighbours } from './nearest-neighbours.js';

export const cases = [logisticRegression, mlpProbe, nearestNeighbours];
