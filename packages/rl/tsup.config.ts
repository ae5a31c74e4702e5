import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/node/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  external: [/^@cpc\//, /^@tensorflow\//, 'zod', /^node:/],
  dts: true,
  sourcemap: true,
  clean: true,
});
