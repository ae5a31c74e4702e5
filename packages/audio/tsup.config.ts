import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/node/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  external: [/^@cpc\//, /^node:/],
  dts: true,
  sourcemap: true,
  clean: true,
});
