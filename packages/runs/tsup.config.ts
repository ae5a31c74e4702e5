import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/commands/index.ts', 'src/threads/worker.ts', 'src/threads/batch-worker.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  skipNodeModulesBundle: true, // whatever is imported by name is installed by name
  sourcemap: true,
  clean: true,
});
