import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/node/index.ts', 'src/node/batches.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'node20',
  external: [/^@cpc\//, /^@tensorflow\//, 'zod'],
  noExternal: ['natural', 'underscore'], // its tokenisers alone: installing it brings database drivers along
  esbuildOptions: (options) => {
    options.mainFields = ['module', 'main']; // natural is CommonJS
    options.alias = { util: './bundled/util.js' }; // entries must run in browsers
  },
  sourcemap: true,
  clean: true,
});
