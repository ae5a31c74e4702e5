/** `npm run check`: format, lint, types, boundaries, unit tests, build, package lint. Before asking for review. */
import { join } from 'node:path';
import { createStages } from './lib/stages.mjs';
import { checkSources, checkTarballs, inTemporaryFolder } from './lib/suite.mjs';

const { stage, finish } = createStages();
await inTemporaryFolder(async (folder) => {
  await checkSources(stage, { slow: false });
  await checkTarballs(stage, join(folder, 'tarballs'));
});
finish();
