/**
 * A package's README begins with an example that runs. This file finds it and runs it as a user would.
 *
 * An example is the first fence whose language is followed by the word `runnable`:  ```ts runnable
 * Languages: js and ts (a module in the user's project) and sh (one command a line, the project's own programs first
 * on the path).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run, runNode } from './run.mjs';

const FENCE = /^```(js|ts|sh) runnable[^\n]*\n([\s\S]*?)^```/m;
const LIMIT_SECONDS = 180;

/** @returns `{ language, code }`, or undefined when the text has no such fence. */
export function firstExample(markdown) {
  const match = FENCE.exec(markdown);
  return match === null ? undefined : { language: match[1], code: match[2] };
}

async function asModule({ language, code }) {
  if (language === 'js') return code;
  const { default: ts } = await import('typescript'); // not there before the first install
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

async function runShell(code, project) {
  const PATH = [join(project, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return run(`set -e\n${code}`, [], { cwd: project, shell: true, env: { PATH }, timeoutSeconds: LIMIT_SECONDS });
}

/**
 * Runs the example of the package in `packageFolder` inside an installed project.
 *
 * @returns `{ ok, output }`; not ok when there is no README, no example in it, or the example's exit code is not 0.
 */
export async function runExample(packageFolder, project) {
  const readme = join(packageFolder, 'README.md');
  if (!existsSync(readme)) return { ok: false, output: `${readme} does not exist` };
  const example = firstExample(readFileSync(readme, 'utf8'));
  if (example === undefined) return { ok: false, output: `${readme} has no fence marked runnable` };
  if (example.language === 'sh') {
    const { code, text } = await runShell(example.code, project);
    return { ok: code === 0, output: text };
  }
  const file = join(project, 'example.mjs');
  writeFileSync(file, await asModule(example));
  const { code, text } = await runNode(file, [], { cwd: project, timeoutSeconds: LIMIT_SECONDS });
  return { ok: code === 0, output: text };
}
