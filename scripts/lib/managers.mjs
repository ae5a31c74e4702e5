/**
 * The package managers and runtimes that users have, each in a project of its own: install the tarballs, ask `cpc doctor`,
 * train three updates. All of them come from npm, as packages for this platform, so that no install script runs.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { consumerManifest, writeProject } from './consumer.mjs';
import { run } from './run.mjs';

const limitSeconds = 300;

/** The packages of a project that only listens; each brings what it needs. */
const installed = ['base', 'records', 'compile', 'core', 'probes', 'runs', 'audio', 'cli'].map(
  (name) => `@cpc/${name}`,
);

const bun = `@oven/bun-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`;
const deno = `@deno/${{ linux: 'linux', darwin: 'darwin', win32: 'win32' }[process.platform]}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`;
const node22 = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Folder name -> what npm installs there. */
const tools = {
  npm10: 'npm:npm@10.9.9',
  npm11: 'npm:npm@11.21.2',
  npm12: 'npm:npm@12.2.2',
  pnpm10: 'npm:pnpm@10.34.9',
  pnpm11: 'npm:pnpm@11.28.11',
  pnpm12: 'npm:pnpm@12.21.0',
  yarn: 'npm:@yarnpkg/cli-dist@4.18.1',
  node22: `npm:${node22}@22.23.3`, // npm 12 and pnpm 11 do not run on Node 20
  deno: `npm:${deno}@2.9.6`,
  bun: `npm:${bun}@1.4.5`,
};

/** Installs all of them into one folder. */
export async function installTools(folder) {
  writeProject(folder, { dependencies: tools });
  return outcome(npm(['install', '--ignore-scripts', '--no-audit', '--no-fund'], folder));
}

async function outcome(result) {
  const { code, text } = await result;
  return { ok: code === 0, output: text };
}

function npm(args, cwd) {
  return run('npm', args, { cwd, shell: process.platform === 'win32', timeoutSeconds: limitSeconds });
}

const program = (folder, tool, file) => join(folder, 'node_modules', tool, file);
const node22In = (folder) => program(folder, 'node22', process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');

/** An environment in which `node` means this one. */
const withNode = (node) => ({ PATH: [dirname(node), process.env.PATH].join(delimiter) });

const allowBuilds = 'allowBuilds: { core-js: false, onnxruntime-node: false }\n'; // as the READMEs say

/** TensorFlow.js imports `long` without naming it, which Plug'n'Play refuses (docs/decisions/0002-optional-runtime.md). */
const yarnSettings = `enableScripts: false
enableTelemetry: false
packageExtensions:
  "@tensorflow/tfjs@*":
    dependencies:
      long: "*"
`;

/**
 * The managers: a name, the arguments that install, and how the project's command is started.
 *
 * @param folder - that `installTools` filled.
 */
export function managers(folder) {
  const here = process.execPath;
  const next = node22In(folder);
  const npmOf = (tool, node) => ({
    name: tool,
    node,
    install: [program(folder, tool, 'bin/npm-cli.js'), 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
  });
  const pnpmOf = (tool, node, file) => ({
    name: tool,
    node,
    install: [program(folder, tool, file), 'install'], // the project's own pnpm-workspace.yaml counts
    files: { 'pnpm-workspace.yaml': allowBuilds },
  });
  const yarn = program(folder, 'yarn', 'bin/yarn.js');
  return [
    npmOf('npm10', here),
    npmOf('npm11', here),
    npmOf('npm12', next),
    pnpmOf('pnpm10', here, 'bin/pnpm.cjs'),
    pnpmOf('pnpm11', next, 'bin/pnpm.mjs'),
    pnpmOf('pnpm12', next, 'bin/pnpm.mjs'),
    {
      name: 'yarn',
      node: here,
      install: [yarn, 'install', '--no-immutable'],
      files: { '.yarnrc.yml': yarnSettings, 'yarn.lock': '' },
      command: [yarn, 'cpc'],
    },
  ];
}

/** Runtimes that start the command which npm installed. */
export function runtimes(folder) {
  const ending = process.platform === 'win32' ? '.exe' : '';
  return [
    { name: 'deno', program: program(folder, 'deno', `deno${ending}`), args: ['run', '--allow-all'] },
    { name: 'bun', program: program(folder, 'bun', `bin/bun${ending}`), args: [] },
  ];
}

/** @param tarballs - package name -> tarball, absolute. */
export async function installBy({ node, install, files = {} }, project, tarballs) {
  const wanted = new Map(installed.map((name) => [name, tarballs.get(name)]));
  const { pnpm, ...manifest } = consumerManifest(wanted);
  writeProject(project, { ...manifest, pnpm, overrides: pnpm.overrides, resolutions: pnpm.overrides });
  const overrides = Object.entries(pnpm.overrides).map(([name, file]) => `  "${name}": "${file}"\n`);
  for (const [name, text] of Object.entries(files)) {
    const isPnpm = name === 'pnpm-workspace.yaml'; // pnpm 11 reads overrides here alone
    writeFileSync(join(project, name), isPnpm ? `${text}overrides:\n${overrides.join('')}` : text);
  }
  return outcome(run(node, install, { cwd: project, env: withNode(node), timeoutSeconds: limitSeconds }));
}

const training = [
  ...['audio', 'train', '--builtin', '--preset', 'small', '--steps', '3', '--out', 'run'],
  ...['--set', 'channels=16', '--set', 'batchSize=2'],
];

/** `cpc doctor` names a working engine, and a training run leaves a model. */
export async function tryCommand({ node, command }, project) {
  const bin = command ?? [join(project, 'node_modules/@cpc/cli/dist/bin.js')];
  return attempt(
    (args) => run(node, [...bin, ...args], { cwd: project, env: withNode(node), timeoutSeconds: limitSeconds }),
    project,
  );
}

/** The same in an installed project, under another runtime than Node. */
export async function tryRuntime({ program, args: own }, project) {
  const bin = join(project, 'node_modules/@cpc/cli/dist/bin.js');
  return attempt(
    (args) => run(program, [...own, bin, ...args], { cwd: project, timeoutSeconds: limitSeconds }),
    project,
  );
}

async function attempt(cpc, project) {
  const out = `run-${readdirSync(project).length}`;
  const doctor = await cpc(['doctor']);
  const works = doctor.code === 0 && doctor.text.includes('--engine auto takes onnx on cpu.');
  if (!works) return { ok: false, output: `cpc doctor finds no runtime:\n${doctor.text}` };
  const trained = await cpc(training.map((word) => (word === 'run' ? out : word)));
  const ok = trained.code === 0 && existsSync(join(project, out, 'model.safetensors'));
  return { ok, output: trained.text };
}

/** All of it, as stages. @param tarballs - called once they are packed. */
export async function checkManagers(stage, tarballs, folder) {
  const toolFolder = join(folder, 'tools');
  mkdirSync(toolFolder, { recursive: true });
  await stage('install package managers', () => installTools(toolFolder), ['pack']);
  for (const manager of managers(toolFolder)) {
    const project = join(folder, `with-${manager.name}`);
    const name = `install with ${manager.name}`;
    await stage(name, () => installBy(manager, project, tarballs()), ['install package managers']);
    await stage(`the command under ${manager.name}`, () => tryCommand(manager, project), [name]);
  }
  const project = join(folder, 'with-npm10');
  for (const runtime of runtimes(toolFolder))
    await stage(`the command under ${runtime.name}`, () => tryRuntime(runtime, project), ['install with npm10']);
}
