/**
 * Rules on the text of files: those of docs/architecture.md that are not about who imports whom (`.dependency-cruiser.mjs` has those).
 *
 * Reads files only: nothing is installed, built or run. Code is read as a syntax tree, so that a word in a comment or a string is not one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', '.git', 'coverage', 'runs', '.cache']);
const SKIPPED_FILES = new Set(['pnpm-lock.yaml', '.git']); // in a linked worktree .git is a file
const TEXT_FILE =
  /(\.(ts|mts|js|mjs|cjs|json|jsonc|md|ya?ml|toml|html|css|sh|py|txt|grit)|(^|\/)(run|LICENSE|\.[a-z]+))$/;
const CODE_FILE = /\.(ts|mts|js|mjs)$/;
// Written in pieces: this file is itself searched.
const OUTSIDE_PATH = new RegExp(`(?<![\\w.-])/(${'wo'}rk|${'tm'}p)/|\\.\\./${'sha'}red\\b`);
const CI_DATA = `../${'sha'}red/data`;

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    if (item.isDirectory()) return SKIPPED_FOLDERS.has(item.name) ? [] : filesBelow(join(folder, item.name));
    return item.isFile() && !SKIPPED_FILES.has(item.name) ? [join(folder, item.name)] : [];
  });
}

function lineOf(source, node) {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}

/** Everything in a syntax tree that a rule is about. @returns `{ line, problem }` of each. */
function codeViolations(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, false);
  const isEntry = path.endsWith('/index.ts');
  const found = [];
  const note = (node, problem) => found.push({ line: lineOf(source, node), problem });
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const specifier = node.moduleSpecifier?.text ?? '';
      if (specifier.startsWith('.') && !/\.(js|mjs|cjs|json|css)$/.test(specifier) && path.endsWith('.ts'))
        note(node, `imports ${specifier} without the ending .js`);
      if (isEntry && ts.isExportDeclaration(node) && node.exportClause === undefined)
        note(node, 'has `export *`: list the names');
    } else if (isMathRandom(node)) note(node, 'uses Math.random: take `random` as an argument');
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
 * @returns lines such as `packages/core/src/a.ts:3 uses Math.random: take ...`, sorted.
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
