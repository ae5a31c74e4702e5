import { expect, it } from 'vitest';
import { ownErrors } from './declarations.mjs';

it('takes 2 errors of 4 lines: those in our declarations and in the imports of our entries', () => {
  const own =
    "../node_modules/@cpc/core/dist/node/index.d.ts(4,10): error TS2305: Module '\"node:worker_threads\"' has no exported member 'TransferListItem'.";
  const entry = "all.ts(1,26): error TS2307: Cannot find module '@cpc/audio'.";
  const other =
    "../node_modules/@tensorflow/tfjs-core/dist/hash_util.d.ts(4,10): error TS2304: Cannot find name 'Long'.";
  expect(ownErrors(`${own}\n${other}\n${entry}\n  Property '@cpc/core' is missing\n`)).toEqual([own, entry]);
});
