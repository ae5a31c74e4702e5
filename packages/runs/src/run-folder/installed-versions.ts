/** Which versions of packages a module works with, for run records. */
import { createRequire } from 'node:module';

/**
 * @param names - packages that the module can import; each has to export its `package.json`.
 * @param module - the module's `import.meta.url`.
 */
export function installedVersions(names: readonly string[], module: string): Record<string, string> {
  const require = createRequire(module);
  return Object.fromEntries(
    names.map((name) => {
      const found: { version?: unknown } = require(`${name}/package.json`);
      return [name, String(found.version)];
    }),
  );
}
