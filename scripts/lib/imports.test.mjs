import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowedImports } from '../../.dependency-cruiser.mjs';
import { cruise, packageImports, reduced, withDiagram } from './imports.mjs';

/** By name: the file that breaks a rule, its text, what is said of it. */
const refused = {
  'a domain in core': ['packages/core/src/domain.ts', "import '@cpc/audio';", /core may import base, compile, records/],
  'core in compile': ['packages/compile/src/core.ts', "import '@cpc/core';", /compile may import base/],
  'a domain in a domain': ['packages/audio/src/text.ts', "export { x } from '@cpc/text';", /audio may import/],
  'a type of a domain in core': [
    'packages/core/src/type.ts',
    "import type { x } from '@cpc/audio';",
    /core may import/,
  ],
  'core in environments': ['packages/environments/src/core.ts', "import '@cpc/core';", /environments may import base/],
  'a domain named by the command': ['packages/cli/src/lazy.ts', "await import('@cpc/audio');", /cli may import/],
  'test helpers in a library': [
    'packages/core/src/helper.ts',
    "import '@cpc/testing';",
    /only tests import @cpc\/testing/,
  ],
  'node:fs in an entry': ['packages/core/src/fs.ts', "import 'node:fs';", /Node built-ins stand under src\/node/],
  'a built-in without its prefix': ['packages/core/src/path.ts', "import 'path';", /Node built-ins/],
  'a built-in loaded lazily': ['packages/audio/src/os.ts', "await import('node:os');", /Node built-ins/],
  'src/node from outside': ['packages/core/src/in.ts', "import './node/index.js';", /only src\/node imports/],
  'a node entry from outside': ['packages/audio/src/entry.ts', "import '@cpc/core/node';", /only src\/node imports/],
  'runs outside src/node': ['packages/audio/src/runs.ts', "import '@cpc/runs';", /a package for Node alone/],
  'a relative path out': ['packages/audio/src/out.ts', "import '../../core/src/index.js';", /imported by its name/],
  'test support in a library': [
    'packages/core/src/support.ts',
    "import './test-support/x.js';",
    /test support is for tests/,
  ],
  'a case that imports the benchmarks': [
    'packages/audio/benchmarks/up.ts',
    "import '../../../benchmarks/src/main.js';",
    /audio may import/,
  ],
  'an import that leads nowhere': ['packages/core/src/nowhere.ts', "import './gone.js';", /leads somewhere/],
};

const allowed = {
  'packages/core/src/fine.ts': "import '@cpc/compile';\nimport '@cpc/records';",
  'packages/core/src/node/fine.ts': "import 'node:fs';\nimport '../fine.js';\nimport '@cpc/compile/node';",
  'packages/core/src/fine.test.ts': "import 'node:fs';\nimport '@cpc/testing';\nimport './test-support/x.js';",
  'packages/cli/src/fine.ts': "import 'node:fs';\nimport '@cpc/core/node';\nimport '@cpc/runs';",
  'packages/cli/src/fine.test.ts': "import '@cpc/audio';\nimport '@cpc/compile/node';",
  'packages/rl/src/fine.ts': "import '@cpc/environments';",
  'packages/audio/benchmarks/fine.ts':
    "import type { X } from '@cpc/testing';\nimport '@cpc/core/node';\nimport 'node:fs';",
  'benchmarks/src/main.ts': "import '@cpc/audio';\nimport '@cpc/core/node';\nimport '@cpc/testing';",
  'packages/core/src/words.ts': "// import 'node:fs'\nexport const x = \"import 'node:fs'\";",
};

let folder;
let violations;
let modules;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'imports-'));
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  };
  write('tsconfig.json', '{}');
  mkdirSync(join(folder, 'node_modules/@cpc'), { recursive: true });
  for (const name of Object.keys(allowedImports)) {
    const exports = { '.': { '@cpc/source': './src/index.ts' }, './node': { '@cpc/source': './src/node/index.ts' } };
    write(`packages/${name}/package.json`, JSON.stringify({ name: `@cpc/${name}`, type: 'module', exports }));
    write(`packages/${name}/src/index.ts`, 'export const x = 1;\nexport type X = number;');
    write(`packages/${name}/src/node/index.ts`, 'export const y = 1;');
    symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules/@cpc', name), 'junction');
  }
  write('packages/core/src/test-support/x.ts', 'export {};');
  write('packages/core/src/a.ts', "import type { B } from './b.js';\nexport type A = B | string;");
  write('packages/core/src/b.ts', "import type { A } from './a.js';\nexport type B = A[];");
  for (const [path, text] of Object.entries(allowed)) write(path, text);
  for (const [path, text] of Object.values(refused)) write(path, text);
  ({ violations, modules } = await cruise(folder));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('refused', () => {
  it.each(Object.entries(refused))('%s', (_, [path, , message]) => {
    const said = violations.filter((line) => line.startsWith(`${path} `));
    expect(said).toContainEqual(expect.stringMatching(message));
  });

  it('a cycle of 2 files, though only types go round', () => {
    expect(violations.filter((line) => line.includes('no cycle between files')).join()).toMatch(
      /packages\/core\/src\/[ab]\.ts imports .*\(.* -> .*\)/,
    );
  });
});

it.each(Object.keys(allowed))('%s breaks 0 rules', (path) => {
  expect(violations.filter((line) => line.startsWith(`${path} `))).toEqual([]);
});

describe('the diagram', () => {
  it('counts no tests, and the packages that 2 files of core import', () => {
    expect([...(packageImports(modules).get('core') ?? [])].sort()).toEqual(['audio', 'compile', 'records']);
  });

  it('leaves out 1 of 3 arrows: the one that follows from the others', () => {
    const imports = new Map([
      ['a', new Set(['b', 'c'])],
      ['b', new Set(['c'])],
      ['c', new Set()],
    ]);
    expect([...reduced(imports)]).toEqual([
      ['a', ['b']],
      ['b', ['c']],
      ['c', []],
    ]);
    const marks = ['<!-- drawn by npm run diagram -->', '<!-- end of what npm run diagram draws -->'];
    const drawn = withDiagram(`before ${marks.join(' old ')} after`, imports);
    expect(drawn).toMatch(/^before <!--[\s\S]*graph TD\n {2}a --> b\n {2}b --> c\n[\s\S]*--> after$/);
    expect(withDiagram(drawn, imports)).toBe(drawn);
  });
});
