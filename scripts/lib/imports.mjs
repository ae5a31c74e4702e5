/** Who imports whom, as dependency-cruiser sees it by the rules of `.dependency-cruiser.mjs`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './run.mjs';
import { root, toolPath } from './workspace.mjs';

/** Folders with code, below a repository laid out like this one. */
function codeFolders(folder) {
  const packages = existsSync(join(folder, 'packages')) ? readdirSync(join(folder, 'packages')) : [];
  const places = packages.flatMap((name) => [`packages/${name}/src`, `packages/${name}/benchmarks`]);
  return [...places, 'benchmarks/src', 'benchmarks/reproductions'].filter((place) => existsSync(join(folder, place)));
}

/**
 * Reads all imports, types included.
 *
 * @param folder - absolute path of a repository laid out like this one.
 * @returns `{ violations, modules }`: lines such as `packages/core/src/a.ts imports packages/audio/src/b.ts: core may import …`, sorted,
 *   and the modules with their dependencies.
 */
export async function cruise(folder = root) {
  const config = join(root, '.dependency-cruiser.mjs');
  const tool = toolPath('dependency-cruiser', 'bin/dependency-cruise.mjs');
  const args = ['--config', config, '--output-type', 'json', ...codeFolders(folder)];
  const { text } = await runNode(tool, args, { cwd: folder });
  const { modules, summary } = parsed(text);
  const comments = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));
  const lines = summary.violations.map(({ from, to, rule, cycle }) => {
    const way = cycle === undefined ? '' : ` (${[from, ...cycle.map(({ name }) => name)].join(' -> ')})`;
    return `${from} imports ${to}: ${comments.get(rule.name) ?? rule.name}${way}`;
  });
  return { violations: [...new Set(lines)].sort(), modules };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`dependency-cruiser gave no JSON:\n${text.slice(0, 2000)}`);
  }
}

const testFile = /\.test(-d)?\.ts$|\/(test-support|fixtures)\//;
const packageOf = (path) => /^packages\/([^/]+)\/src\//.exec(path)?.[1];

/**
 * Which package imports which, tests not counted.
 *
 * @returns a map from a package's name to the set of those that it imports.
 */
export function packageImports(modules) {
  const imports = new Map();
  for (const { source, dependencies } of modules) {
    const from = packageOf(source);
    if (from === undefined || from === 'testing' || testFile.test(source)) continue;
    if (!imports.has(from)) imports.set(from, new Set());
    for (const { resolved } of dependencies) {
      const to = packageOf(resolved);
      if (to !== undefined && to !== from && to !== 'testing') imports.get(from).add(to);
    }
  }
  return imports;
}

/** Without the arrows that follow from others: a -> c where there is a -> b -> c. */
export function reduced(imports) {
  const reaches = (from, to, seen = new Set()) =>
    [...(imports.get(from) ?? [])].some(
      (next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))),
    );
  const kept = [...imports].map(([from, all]) => {
    const direct = [...all].filter((to) => ![...all].some((other) => other !== to && reaches(other, to)));
    return [from, direct.sort()];
  });
  return new Map(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const [begin, end] = ['<!-- drawn by npm run diagram -->', '<!-- end of what npm run diagram draws -->'];

/** A document with the diagram of these imports between its marks. */
export function withDiagram(document, imports) {
  const arrows = [...reduced(imports)].flatMap(([from, all]) => all.map((to) => `  ${from} --> ${to}`));
  const [before, rest = ''] = document.split(begin);
  const after = rest.split(end)[1] ?? '';
  return `${before}${begin}\n\n\`\`\`mermaid\ngraph TD\n${arrows.join('\n')}\n\`\`\`\n\n${end}${after}`;
}
