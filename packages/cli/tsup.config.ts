import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/bin.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: [/^@cpc\//, /^node:/],
  dts: true,
  sourcemap: true,
  clean: true,
});
