/**
 * One test configuration for all packages.
 *
 * The `@cpc/source` condition makes `@cpc/core` mean `packages/core/src`, so that tests need no build. Tests that start
 * a worker or a child process are the exception: those run built files.
 */
import { defineConfig } from 'vitest/config';

const conditions = ['@cpc/source', 'module', 'node', 'development|production'];
const slowTests = process.env.CPC_SLOW === '1' ? [] : ['**/*.slow.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'benchmarks/**/*.test.ts', 'scripts/**/*.test.mjs'],
    exclude: ['**/node_modules/**', '**/dist/**', ...slowTests],
    environment: 'node',
    env: { ORT_DISABLE_TELEMETRY: '1' }, // for tests that import onnxruntime-node themselves
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
