/**
 * `npm test`: all that must hold before a change is taken, from a fresh clone with only Node and npm.
 *
 * `--full` adds the slow tier: `*.slow.test.ts`, every package by itself, pages in Chromium (`CPC_CHROMIUM`), every package manager and runtime. The
 * last line is `N passed, M failed`.
 */
import { join } from 'node:path';
import { createStages } from './lib/stages.mjs';
import {
  checkAllManagers,
  checkAloneOnes,
  checkConsumers,
  checkSources,
  checkTarballs,
  checkUses,
  inTemporaryFolder,
} from './lib/suite.mjs';

const full = process.argv.includes('--full');
const { stage, finish } = createStages();
await inTemporaryFolder(async (folder) => {
  const tarballs = join(folder, 'tarballs');
  await checkSources(stage, { slow: full });
  await checkTarballs(stage, tarballs);
  await checkConsumers(stage, tarballs, folder);
  await checkAloneOnes(stage, tarballs, folder, { full });
  if (!full) return;
  await checkUses(stage, folder);
  await checkAllManagers(stage, tarballs, folder);
});
finish();
