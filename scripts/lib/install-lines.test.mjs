/** Every install line that users copy works on npm 10, 11 and 12 without NuGet (docs/decisions/0002-optional-runtime.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { publishedPackages, root } from './workspace.mjs';

const markdown = [
  join(root, 'README.md'),
  ...publishedPackages().map(({ folder }) => join(folder, 'README.md')),
  ...readdirSync(join(root, 'docs/decisions')).map((name) => join(root, 'docs/decisions', name)),
];
/** These bring no runtime. */
const installing = /^npm install (?!(@cpc\/(base|records|environments) ?)+$).*@cpc\/.*$/gm;

/** @returns `file: line` of each. */
function installLines(path) {
  const lines = readFileSync(path, 'utf8').match(installing) ?? [];
  return lines.map((line) => `${path.slice(root.length + 1)}: ${line}`);
}

it('passes --ignore-scripts on all 9 lines of the READMEs and of decision 2', () => {
  const lines = markdown.flatMap(installLines);
  expect(lines.length).toBeGreaterThanOrEqual(9);
  expect(lines.filter((line) => !line.endsWith(' --ignore-scripts'))).toEqual([]);
});

it('has the line on allowBuilds for pnpm 11 in each README with an install line', () => {
  const readmes = markdown.filter((path) => path.endsWith('README.md') && installLines(path).length > 0);
  const without = readmes.filter(
    (path) => !readFileSync(path, 'utf8').includes('allowBuilds: { core-js: false, onnxruntime-node: false }'),
  );
  expect(without).toEqual([]);
});
