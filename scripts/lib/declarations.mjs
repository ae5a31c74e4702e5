/**
 * Our declarations compile in every TypeScript and with every @types/node that users have, with `skipLibCheck: false`.
 *
 * Errors in the declarations of other packages are not ours: TensorFlow.js 4.22 has some of its own.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runNode } from './run.mjs';
import { publishedPackages } from './workspace.mjs';

const tools = {
  typescript5: 'npm:typescript@5.9.3',
  typescript6: 'npm:typescript@6.0.3',
  typescript7: 'npm:typescript@7.0.2',
  types20: 'npm:@types/node@20.19.0',
  types26: 'npm:@types/node@26.6.7',
};
const compilers = ['typescript5', 'typescript6', 'typescript7'];
const nodeTypes = ['types20', 'types26'];

/** Entries that users import: every one with declarations. */
function entries() {
  return publishedPackages().flatMap(({ name, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => target.types !== undefined)
      .map(([entry]) => name + entry.slice(1)),
  );
}

/** Lines of `tsc` that name a file of ours. */
export function ownErrors(text) {
  return text.split('\n').filter((line) => /(^|[\\/])@cpc[\\/]|^all\.ts\(/.test(line) && line.includes('error TS'));
}

/** As stages. @param prepared - the name of the stage that installed our packages into `project`. */
export async function checkDeclarations(stage, project, prepared) {
  const folder = join(project, 'declarations');
  await stage('install compilers', () => prepare(folder), [prepared]);
  for (const compiler of compilers)
    for (const types of nodeTypes)
      await stage(`declarations under ${compiler} with ${types}`, () => check(folder, compiler, types), [
        'install compilers',
      ]);
}

async function prepare(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: tools }));
  const imports = entries().map(
    (entry, index) => `import * as entry${index} from '${entry}';\nexport { entry${index} };\n`,
  );
  writeFileSync(join(folder, 'all.ts'), imports.join(''));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, text } = await run('npm', args, { cwd: folder, shell: process.platform === 'win32' });
  return { ok: code === 0, output: text };
}

async function check(folder, compiler, types) {
  const typeRoot = join(folder, `${compiler}-${types}`);
  mkdirSync(typeRoot, { recursive: true });
  symlinkSync(join(folder, 'node_modules', types), join(typeRoot, 'node'), 'junction');
  const compilerOptions = {
    ...{ target: 'ES2022', lib: ['ES2022', 'DOM', 'DOM.Iterable'], module: 'ESNext', moduleResolution: 'bundler' },
    ...{
      strict: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [typeRoot],
    },
  };
  const config = join(folder, `tsconfig.${compiler}-${types}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['all.ts'] }));
  const tsc = join(folder, 'node_modules', compiler, 'bin/tsc');
  const { text } = await runNode(tsc, ['--project', config, '--pretty', 'false'], { cwd: folder });
  const errors = ownErrors(text);
  return { ok: errors.length === 0, output: errors.join('\n') };
}
