import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'node/index': 'src/node/index.ts',
    'node/environment-worker': 'src/node/environment-worker.ts',
  },
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  skipNodeModulesBundle: true, // whatever is imported by name is installed by name
  sourcemap: true,
  clean: true,
});
