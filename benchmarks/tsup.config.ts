import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** Every package's benchmark cases become a file of their own, which `src/collect.ts` finds. */
const cases = readdirSync('../packages')
  .map((name) => [`cases/${name}`, `../packages/${name}/benchmarks/index.ts`] as const)
  .filter(([, source]) => existsSync(source));

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    agents: 'src/agents.ts',
    reproduce: 'reproductions/main.ts',
    reproductions: 'reproductions/reproductions.ts',
    ...Object.fromEntries(cases),
  },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  skipNodeModulesBundle: true, // whatever is imported by name is installed by name
  sourcemap: true,
  clean: true,
});
