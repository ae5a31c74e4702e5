/**
 * The rules of docs/architecture.md that a program can check.
 *
 * Reads files only: nothing is installed, built or run. Imports are taken from the syntax tree, so that an import in a
 * comment or a string is not one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

/** Package -> the packages of ours that it may import. A domain is missing from every list but that of the benchmarks. */
const DOMAINS = ['audio', 'text', 'vision', 'rl'];
const SHARED = ['base', 'compile', 'records', 'core', 'probes', 'runs'];
const ALLOWED_IMPORTS = {
  base: [],
  compile: ['base'],
  records: ['base'],
  core: ['base', 'compile', 'records'],
  probes: ['base', 'compile', 'records', 'core'],
  runs: ['base', 'compile', 'records', 'core', 'probes'],
  environments: ['base'],
  ...Object.fromEntries(DOMAINS.map((domain) => [domain, SHARED])),
  rl: [...SHARED, 'environments'],
  report: ['base', 'records'],
  cli: ['base', 'records', 'core', 'runs', 'report'],
  testing: SHARED,
  benchmarks: [...SHARED, 'environments', ...DOMAINS, 'report', 'cli', 'testing'],
};
/** What a package's benchmark cases implement: the one file that they import from outside their package. */
const BENCHMARK_CASE = 'benchmarks/src/case.js';
/** Programs and test helpers: they run in Node and nowhere else. */
const NODE_ONLY = ['runs', 'cli', 'testing', 'benchmarks'];

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '.git', 'coverage', 'runs', '.cache']);
const SKIPPED_FILES = new Set(['pnpm-lock.yaml', '.git']); // in a linked worktree .git is a file
const TEXT_FILE =
  /(\.(ts|mts|js|mjs|cjs|json|jsonc|md|ya?ml|toml|html|css|sh|py|txt|grit)|(^|\/)(run|LICENSE|\.[a-z]+))$/;
const CODE_FILE = /\.(ts|mts|js|mjs)$/;
const TEST_FILE = /(\.test(-d)?\.(ts|mjs)$|\/test-support\/)/;

// Written in pieces: this file is itself searched.
const OUTSIDE_PATH = new RegExp(`(?<![\\w.-])/(${'wo'}rk|${'tm'}p)/|\\.\\./${'sha'}red\\b`);
const CI_DATA = `../${'sha'}red/data`;

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    if (item.isDirectory()) return SKIPPED_FOLDERS.has(item.name) ? [] : filesBelow(join(folder, item.name));
    return item.isFile() && !SKIPPED_FILES.has(item.name) ? [join(folder, item.name)] : [];
  });
}

/** `packages/core/src/a.ts` -> `{ member: 'core', folder: 'packages/core' }`; undefined outside the workspace's members. */
function memberOf(path) {
  const [first, second] = path.split('/');
  if (first === 'benchmarks') return { member: 'benchmarks', folder: 'benchmarks' };
  return first === 'packages' && second !== undefined ? { member: second, folder: `packages/${second}` } : undefined;
}

function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Everything in a syntax tree that a rule is about: imports with their lines, `export *`, and `Math.random`. */
function readCode(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false);
  const found = { imports: [], exportStars: [], randomCalls: [] };
  const addImport = (node, specifier) => found.imports.push({ specifier: specifier.text, line: lineOf(source, node) });
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) addImport(node, node.moduleSpecifier);
    else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined) addImport(node, node.moduleSpecifier);
      if (node.exportClause === undefined) found.exportStars.push(lineOf(source, node));
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target !== undefined && ts.isStringLiteralLike(target)) addImport(node, target);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) addImport(node, node.argument.literal);
    else if (isMathRandom(node)) found.randomCalls.push(lineOf(source, node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isMathRandom(node) {
  const isMath = (object) => ts.isIdentifier(object) && object.text === 'Math';
  if (ts.isPropertyAccessExpression(node)) return isMath(node.expression) && node.name.text === 'random';
  if (!ts.isElementAccessExpression(node)) return false;
  return (
    isMath(node.expression) &&
    ts.isStringLiteralLike(node.argumentExpression) &&
    node.argumentExpression.text === 'random'
  );
}

/** What is wrong with importing `specifier` in the file at `path`; undefined when nothing is. */
function importViolation(path, specifier) {
  const { member, folder } = memberOf(path);
  const isTest = TEST_FILE.test(path);
  const isBenchmark = path.startsWith(`${folder}/benchmarks/`);
  const mayUseNode = isTest || isBenchmark || NODE_ONLY.includes(member) || path.startsWith(`${folder}/src/node/`);

  if (specifier.startsWith('.')) {
    const target = relative('.', resolve(dirname(path), specifier))
      .split(sep)
      .join('/');
    if (isBenchmark && target === BENCHMARK_CASE) return undefined;
    if (!target.startsWith(`${folder}/`)) return `imports ${specifier}, out of its package: import the package by name`;
    if (!/\.(js|mjs|json)$/.test(specifier)) return `imports ${specifier} without the ending .js`;
    if (!isTest && TEST_FILE.test(`${target}/`)) return `imports ${specifier}: test support is for tests`;
    const entersNode = target.startsWith(`${folder}/src/node/`);
    return entersNode && !mayUseNode ? `imports ${specifier}: only src/node may import from src/node` : undefined;
  }
  if (isBuiltin(specifier)) {
    return mayUseNode ? undefined : `imports ${specifier}: Node built-ins stand under src/node only`;
  }
  const ours = /^@cpc\/([^/]+)(\/.*)?$/.exec(specifier);
  if (ours === null) return undefined;
  const [, target, subpath] = ours;
  if (target !== member && !mayImport(member, target, isTest)) {
    return `imports ${specifier}: ${member} may import ${ALLOWED_IMPORTS[member]?.join(', ') || 'none of our packages'}`;
  }
  return subpath === '/node' && !mayUseNode
    ? `imports ${specifier}: only src/node may import a ./node entry`
    : undefined;
}

function mayImport(member, target, isTest) {
  if (ALLOWED_IMPORTS[member]?.includes(target)) return true;
  if (!isTest) return false;
  // A test may use the test helpers, and the command's tests the domains that the command finds at run time and what runs their exports.
  return target === 'testing' || (member === 'cli' && [...DOMAINS, 'compile'].includes(target));
}

function codeViolations(path, text) {
  const { imports, exportStars, randomCalls } = readCode(path, text);
  const isEntry = path.endsWith('/index.ts');
  const folder = memberOf(path)?.folder;
  const inMember = folder !== undefined && ['src', 'benchmarks'].some((part) => path.startsWith(`${folder}/${part}/`));
  return [
    ...(inMember ? imports : []).map(({ specifier, line }) => ({ line, problem: importViolation(path, specifier) })),
    ...(isEntry ? exportStars : []).map((line) => ({ line, problem: 'has `export *`: list the names' })),
    ...randomCalls.map((line) => ({ line, problem: 'uses Math.random: take `random` as an argument' })),
  ].filter(({ problem }) => problem !== undefined);
}

function pathViolations(path, text) {
  return text.split('\n').flatMap((content, index) => {
    const checked = path === '.ci/run' ? content.replaceAll(CI_DATA, '') : content;
    const match = OUTSIDE_PATH.exec(checked);
    return match === null ? [] : [{ line: index + 1, problem: `names ${match[0]}, a path outside the repository` }];
  });
}

/**
 * Every place in the tree below `root` that breaks a rule.
 *
 * @param root - absolute path of a repository laid out like this one.
 * @returns lines such as `packages/core/src/a.ts:3 imports node:fs: Node built-ins stand under src/node only`, sorted.
 */
export function findViolations(root) {
  return filesBelow(root)
    .map((file) => relative(root, file).split(sep).join('/'))
    .filter((path) => TEXT_FILE.test(path))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const violations = [...(CODE_FILE.test(path) ? codeViolations(path, text) : []), ...pathViolations(path, text)];
      return violations.map(({ line, problem }) => `${path}:${line} ${problem}`);
    })
    .sort();
}
