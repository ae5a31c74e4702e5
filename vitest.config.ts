/**
 * One test configuration for all packages.
 *
 * The `@cpc/source` condition makes `@cpc/core` mean `packages/core/src`, so that tests need no build. Tests that start
 * a worker or a child process are the exception: those run built files.
 *
 * Test files share a process, and so one import of TensorFlow.js: most of the time went into importing it anew for each. Files that
 * replace modules (`vi.mock`) have a process of their own.
 */
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { defineConfig } from 'vitest/config';

const conditions = ['@cpc/source', 'module', 'node', 'development|production'];
const slowTests = process.env.CPC_SLOW === '1' ? [] : ['**/*.slow.test.ts'];
const include = ['packages/*/src/**/*.test.ts', 'benchmarks/**/*.test.ts', 'scripts/**/*.test.mjs'];
const exclude = ['**/node_modules/**', '**/dist/**', ...slowTests];
const replacingModules = globSync(include, { ignore: exclude }).filter((file) =>
  /\bvi\.(do)?[mM]ock\(/.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    env: { ORT_DISABLE_TELEMETRY: '1' }, // for tests that import onnxruntime-node themselves
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'shared', isolate: false, include, exclude: [...exclude, ...replacingModules] } },
      { extends: true, test: { name: 'alone', isolate: true, include: replacingModules, exclude } },
    ],
  },
});
