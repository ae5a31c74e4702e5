import { expect, it } from 'vitest';
import * as probes from './index.js';

it('exports these 31 names and no others', () => {
  expect(Object.keys(probes).sort()).toEqual([
    'accuracy',
    'bootstrapInterval',
    'chooseSetting',
    'classesOf',
    'confusionMatrix',
    'fitLogisticRegression',
    'fitLogisticRegressions',
    'fitMlpProbe',
    'fitNearestNeighbours',
    'gatherLabels',
    'gatherRows',
    'groupedFolds',
    'holdOutGroups',
    'logisticClassifier',
    'logisticScores',
    'macroAverage',
    'measureScale',
    'minimise',
    'mlpScores',
    'neighbourScores',
    'nestedCrossValidation',
    'oneSidedClasses',
    'pairedBootstrap',
    'recallPerClass',
    'shareRight',
    'standardise',
    'stratifiedFolds',
    'stratifiedGroupedFolds',
    'tallyClusters',
    'tallyPairs',
    'topKAccuracy',
  ]);
});
