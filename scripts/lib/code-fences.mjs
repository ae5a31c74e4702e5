/**
 * Every example of the READMEs and docs compiles as strict TypeScript, against the packages as users install them.
 *
 * A fence marked `js` or `ts` is a whole module. One that only shows a part of it says so (```ts fragment) and is not checked.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runNode } from './run.mjs';
import { publishedPackages, root, toolPath } from './workspace.mjs';

const fence = /^```(?<language>js|ts|javascript|typescript)\b(?<marks>[^\n]*)\n(?<code>[\s\S]*?)^```/gm;

/**
 * @returns `{ line, code, isFragment }` of every fence in JavaScript or TypeScript; `line` is that of its first line of code.
 */
export function codeFences(markdown) {
  return [...markdown.matchAll(fence)].map(({ index, groups }) => ({
    line: markdown.slice(0, index).split('\n').length + 1,
    code: groups.code,
    isFragment: /\bfragment\b/.test(groups.marks),
  }));
}

/** README.md, those of the packages, and docs/, absolute. */
export function documents() {
  const docs = readdirSync(join(root, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md'));
  return [
    ...['README.md', 'CONTRIBUTING.md'].map((name) => join(root, name)),
    ...publishedPackages().map(({ folder }) => join(folder, 'README.md')),
    ...docs.map((name) => join(root, 'docs', name)),
  ];
}

const compilerOptions = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  module: 'ESNext',
  moduleResolution: 'bundler',
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(root, 'node_modules/@types')],
};

/**
 * Compiles the fences of `paths` in an installed project.
 *
 * @returns `{ ok, output }`; errors name document and line.
 */
export async function checkFences(project, paths = documents()) {
  const folder = join(project, 'fences');
  mkdirSync(folder, { recursive: true });
  const written = paths.flatMap((path) => writeFences(folder, path));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const { code, text } = await runNode(toolPath('typescript', 'bin/tsc'), ['--pretty', 'false'], { cwd: folder });
  const counted = `${written.length} code fences\n`;
  return { ok: code === 0 && written.length > 0, output: counted + withDocuments(text, written) };
}

function writeFences(folder, path) {
  const document = relative(root, path);
  const whole = codeFences(readFileSync(path, 'utf8')).filter(({ isFragment }) => !isFragment);
  return whole.map(({ line, code }) => {
    const file = `${document.replace(/\W/g, '-')}-${line}.ts`;
    writeFileSync(join(folder, file), `${code}export {};\n`); // each a module of its own
    return { file, document, line };
  });
}

/** `file(3,5): error` as `README.md:14:5: error`. */
function withDocuments(text, written) {
  const places = new Map(written.map((one) => [one.file, one]));
  return text.replace(/^(\S+\.ts)\((\d+),(\d+)\)/gm, (all, file, line, column) => {
    const place = places.get(file);
    return place === undefined ? all : `${place.document}:${place.line + Number(line) - 1}:${column}`;
  });
}
