import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/main.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: [/^@cpc\//, /^node:/],
  sourcemap: true,
  clean: true,
});
