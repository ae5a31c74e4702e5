import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findViolations } from './text-rules.mjs';

const folders = [];

/** The violations in a repository that holds just these files. */
function violationsIn(files) {
  const folder = mkdtempSync(join(tmpdir(), 'text-rules-'));
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
    ['a relative path without .js', 'packages/core/src/a.ts', "import { x } from './x';", /without the ending/],
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
    ['words in comments and strings', 'packages/core/src/a.ts', '// Math.random()\nconst x = "Math.random()";'],
    ['a route that only ends alike', 'docs/a.md', 'https://example.org/net/wo' + 'rk-in/progress'],
    ['the data folder in .ci/run', '.ci/run', `data=../${'sha'}red/data`],
    ['what was installed or built', 'packages/core/dist/index.js', 'Math.random();'],
  ];
  it.each(allowed)('%s', (_, path, text) => {
    expect(violationsIn({ [path]: text })).toEqual([]);
  });
});

it('names both violations of a file once, sorted by place', () => {
  const text = "import './b';\nMath.random();\n";
  expect(violationsIn({ 'packages/core/src/a.ts': text })).toEqual([
    'packages/core/src/a.ts:1 imports ./b without the ending .js',
    'packages/core/src/a.ts:2 uses Math.random: take `random` as an argument',
  ]);
});
