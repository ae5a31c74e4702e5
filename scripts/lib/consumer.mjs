/**
 * An empty project that installs our tarballs, as a user's project would install them from the registry.
 *
 * npm 10 and 11 run onnxruntime-node's install script, which fetches CUDA libraries from NuGet on every Linux x64 machine and
 * fails without that host; the flag below is the one in our READMEs (docs/decisions/0002-optional-runtime.md).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm } from './pnpm.mjs';
import { run } from './run.mjs';

/** A new, private project with this manifest. */
export function writeProject(folder, manifest) {
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ name: 'consumer', private: true, type: 'module', ...manifest }, null, 2);
  writeFileSync(join(folder, 'package.json'), text);
}

/**
 * `npm install TARBALL...` in a new project.
 *
 * @param others - packages of the registry, besides.
 */
export async function installWithNpm(folder, tarballs, others = []) {
  writeProject(folder, {});
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, text } = await run('npm', ['install', ...tarballs.values(), ...others, ...flags], {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  return { ok: code === 0, output: text };
}

/**
 * A manifest that depends on the tarballs.
 *
 * The overrides stand in for the registry, where a package of ours finds the others that it needs.
 *
 * @param tarballs - package name -> tarball, absolute.
 * @param names - what the project depends on itself: names of tarballs, or of packages of the registry; default: all tarballs, and
 *   TensorFlow.js as the READMEs' install lines name it.
 */
export function consumerManifest(tarballs, names = [...tarballs.keys(), '@tensorflow/tfjs']) {
  const overrides = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  const versions = { ...overrides, '@tensorflow/tfjs': '4.22.0' };
  const dependencies = Object.fromEntries(names.map((name) => [name, versions[name] ?? 'latest']));
  return { dependencies, pnpm: { overrides } };
}

/** `pnpm install` of the same. */
export async function installWithPnpm(folder, tarballs, names) {
  writeProject(folder, consumerManifest(tarballs, names));
  const { code, text } = await pnpm(['install', '--ignore-workspace'], { cwd: folder });
  return { ok: code === 0, output: text };
}
