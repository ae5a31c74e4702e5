import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findViolations } from './boundaries.mjs';

const folders = [];

/** The violations in a repository that holds just these files. */
function violationsIn(files) {
  const folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return findViolations(folder);
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('refused', () => {
  const refused = [
    [
      'core importing a domain',
      'packages/core/src/a.ts',
      "import { x } from '@cpc/audio';",
      /core may import compile, records/,
    ],
    ['compile importing core', 'packages/compile/src/a.ts', "import { x } from '@cpc/core';", /none of our packages/],
    ['a domain importing a domain', 'packages/audio/src/a.ts', "export { x } from '@cpc/text';", /audio may import/],
    ['a type of a domain in core', 'packages/core/src/a.ts', "type X = import('@cpc/audio').X;", /core may import/],
    ['a domain named by the command', 'packages/cli/src/a.ts', "await import('@cpc/audio');", /cli may import/],
    ['test helpers outside a test', 'packages/core/src/a.ts', "import { x } from '@cpc/testing';", /core may import/],
    ['node:fs in an entry', 'packages/core/src/a.ts', "import { readFileSync } from 'node:fs';", /:1 imports node:fs/],
    ['a built-in without its prefix', 'packages/core/src/a.ts', "import path from 'path';", /imports path/],
    ['a built-in loaded lazily', 'packages/audio/src/a.ts', "await import('node:os');", /imports node:os/],
    ['src/node from outside', 'packages/core/src/a.ts', "import { x } from './node/x.js';", /only src\/node/],
    [
      "another package's node entry",
      'packages/audio/src/a.ts',
      "import { x } from '@cpc/core/node';",
      /\.\/node entry/,
    ],
    [
      'a relative path out',
      'packages/audio/src/a.ts',
      "import { x } from '../../core/src/x.js';",
      /out of its package/,
    ],
    ['a relative path without .js', 'packages/core/src/a.ts', "import { x } from './x';", /without the ending/],
    [
      'test support in a library',
      'packages/core/src/a.ts',
      "import './test-support/x.js';",
      /test support is for tests/,
    ],
    [
      'a benchmark that imports another part of the benchmarks',
      'packages/audio/benchmarks/a.ts',
      "import { x } from '../../../benchmarks/src/record.js';",
      /out of its package/,
    ],
    [
      'a benchmark of a domain importing a domain',
      'packages/audio/benchmarks/a.ts',
      "import { x } from '@cpc/text';",
      /audio may import/,
    ],
    ['export * in an entry', 'packages/core/src/index.ts', "export * from './x.js';", /list the names/],
    ['Math.random', 'packages/core/src/a.ts', 'const x =\n  Math.random();', /:2 uses Math.random/],
    ['Math["random"]', 'benchmarks/src/a.ts', "const x = Math['random'];", /uses Math.random/],
    ['a path of one machine', 'docs/a.md', `see /${'tm'}p/run`, /outside the repository/],
    [
      'data beside the repository',
      'packages/core/src/a.ts',
      `const x = '../${'sha'}red/data';`,
      /outside the repository/,
    ],
    ['other data in .ci/run', '.ci/run', `cat ../${'sha'}red/notes`, /outside the repository/],
  ];
  it.each(refused)('%s: 1 violation', (_, path, text, message) => {
    expect(violationsIn({ [path]: text })).toEqual([expect.stringMatching(message)]);
  });
});

describe('allowed: 0 violations', () => {
  const allowed = [
    ['core importing compile and records', 'packages/core/src/a.ts', "import '@cpc/compile';\nimport '@cpc/records';"],
    ['a domain importing core', 'packages/audio/src/a.ts', "import { x } from '@cpc/core';"],
    [
      'built-ins under src/node',
      'packages/core/src/node/a.ts',
      "import 'node:fs';\nimport '../b.js';\nimport '@cpc/compile/node';",
    ],
    ['built-ins in the command', 'packages/cli/src/a.ts', "import 'node:fs';\nimport '@cpc/core/node';"],
    ['a test using helpers and built-ins', 'packages/core/src/a.test.ts', "import 'node:fs';\nimport '@cpc/testing';"],
    ['built-ins in test support', 'packages/core/src/test-support/a.ts', "import '../node/x.js';"],
    ['benchmarks importing everything', 'benchmarks/src/a.ts', "import '@cpc/audio';\nimport '@cpc/core/node';"],
    [
      'a benchmark case of a package',
      'packages/audio/benchmarks/a.ts',
      "import '../../../benchmarks/src/case.js';\nimport '@cpc/audio';\nimport '@cpc/core/node';\nimport 'node:fs';",
    ],
    ['imports in comments and strings', 'packages/core/src/a.ts', '// import \'node:fs\'\nconst x = "Math.random()";'],
    ['a route that only ends alike', 'docs/a.md', 'https://example.org/net/wo' + 'rk-in/progress'],
    ['the data folder in .ci/run', '.ci/run', `data=../${'sha'}red/data`],
    ['what was installed or built', 'packages/core/dist/index.js', 'Math.random();'],
  ];
  it.each(allowed)('%s', (_, path, text) => {
    expect(violationsIn({ [path]: text })).toEqual([]);
  });
});

it('names every violation of a file once, sorted by place', () => {
  const text = "import 'node:fs';\nimport 'node:os';\n";
  expect(violationsIn({ 'packages/core/src/a.ts': text })).toEqual([
    'packages/core/src/a.ts:1 imports node:fs: Node built-ins stand under src/node only',
    'packages/core/src/a.ts:2 imports node:os: Node built-ins stand under src/node only',
  ]);
});
