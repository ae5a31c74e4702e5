/**
 * A page of a user's project: built by Vite, opened in Chromium, it loads an exported encoder and a WAV file and computes
 * features. One page for each version of Vite and number of threads.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { run, runNode } from './run.mjs';

const limitSeconds = 120;

/** The browser that `.ci/run` installs, or another one named by CPC_CHROMIUM. */
export const chromium = process.env.CPC_CHROMIUM ?? 'chromium';

/** Answers with `{ shape, finite, threads }` of the features, or with `{ error }`. @param options - of `webRuntime`, as text. */
export function pageScript(options) {
  return `import { loadOnnx } from '@cpc/compile';
import { webRuntime } from '@cpc/compile/web';
import { decodeWav, mixToMono } from '@cpc/audio';

async function features() {
  const bytes = async (path: string) => new Uint8Array(await (await fetch(path)).arrayBuffer());
  const runtime = await webRuntime(${options});
  const model = await loadOnnx(await bytes('/audio.onnx'), { runtime });
  const samples = mixToMono(decodeWav(await bytes('/speech.wav'), 'speech.wav').channels);
  const units = 256; // contextUnits of the run's settings
  const { contexts } = await model.run({
    waveform: { shape: [1, samples.length], data: samples },
    state: { shape: [1, units], data: new Float32Array(units) },
  });
  return { shape: contexts?.shape, finite: contexts?.data.every(Number.isFinite), threads: runtime.threads };
}

const answer = await features().catch((error: Error) => ({ error: error.message }));
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
`;
}

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves a folder, cross-origin isolated, until the page answers. */
function served(folder) {
  let answered;
  const answer = new Promise((resolve) => {
    answered = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => answered(JSON.parse(text)));
      response.end();
      return;
    }
    const path = join(folder, request.url === '/' ? 'index.html' : new URL(request.url, 'http://x').pathname);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(readFileSync(path));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, answer, port: server.address().port }));
  });
}

/** Opens a built page. @returns what it answered, or `{ error }` after 120 s. */
export async function openPage(folder) {
  const { server, answer, port } = await served(folder);
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    `--user-data-dir=${profile}`,
  ];
  const browser = spawn(chromium, [...flags, `http://127.0.0.1:${port}/`], { stdio: 'ignore', detached: true });
  let timer;
  const failed = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ error: `no answer within ${limitSeconds} s` }), limitSeconds * 1000);
    browser.on('error', (error) => resolve({ error: `${chromium}: ${error.message}` }));
  });
  const result = await Promise.race([answer, failed]);
  clearTimeout(timer);
  if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL'); // with the processes it started
  server.close();
  server.closeAllConnections();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  return result;
}

/**
 * Builds a page with the Vite of `tools/vite7` or `tools/vite8`.
 *
 * @param project - has our packages, onnxruntime-web and `audio.onnx`.
 * @returns `{ ok, output, folder }`.
 */
export async function buildPage({ project, vite, options, name, wav }) {
  const source = join(project, name);
  mkdirSync(join(source, 'public/ort'), { recursive: true });
  writeFileSync(join(source, 'index.html'), '<!doctype html><script type="module" src="/page.ts"></script>');
  writeFileSync(join(source, 'page.ts'), pageScript(options));
  writeFileSync(join(source, 'vite.config.mjs'), "export default { build: { target: 'es2022' } };\n");
  cpSync(join(project, 'audio.onnx'), join(source, 'public/audio.onnx'));
  writeFileSync(join(source, 'public/speech.wav'), wav);
  for (const file of ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
    cpSync(join(project, 'node_modules/onnxruntime-web/dist', file), join(source, 'public/ort', file));
  const { code, text } = await runNode(vite, ['build'], { cwd: source, timeoutSeconds: limitSeconds });
  return { ok: code === 0, output: text, folder: join(source, 'dist') };
}

/** Bytes of the .wasm files that the build itself put among the page's assets. */
export function wasmBytes(folder) {
  const assets = join(folder, 'assets');
  const files = readdirSync(assets).filter((name) => name.endsWith('.wasm'));
  return files.reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);
}

/** One second of a tone, as a WAV file of 16 bits. */
export function toneWav(sampleRateHz = 16_000) {
  const file = Buffer.alloc(44 + 2 * sampleRateHz);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * sampleRateHz, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // one channel
  file.writeUInt32LE(sampleRateHz, 24);
  file.writeUInt32LE(2 * sampleRateHz, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * sampleRateHz, 40);
  for (let t = 0; t < sampleRateHz; t++) file.writeInt16LE(Math.round(10_000 * Math.sin(t / 9)), 44 + 2 * t);
  return file;
}

const tools = { vite7: 'npm:vite@7.3.1', vite8: 'npm:vite@8.4.0' };
const pages = [
  { name: '1 thread', options: '{}', threads: 1 },
  { name: '2 threads', options: "{ threads: 2, wasmPaths: '/ort/' }", threads: 2 },
  { name: '2 threads without wasmPaths', options: '{ threads: 2 }', error: /2 threads need wasmPaths/ },
];

/**
 * All pages, as stages.
 *
 * @param prepared - the name of the stage that installed our packages into `project` with npm.
 */
export async function checkBrowsers(stage, project, prepared) {
  const npm = (args, cwd) =>
    run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, shell: process.platform === 'win32' });
  await stage('a project for the browser', () => prepareProject(project, npm), [prepared]);
  for (const vite of Object.keys(tools))
    for (const page of pages)
      await stage(`${vite} and Chromium, ${page.name}`, () => checkPage(project, vite, page), [
        'a project for the browser',
      ]);
}

const training = [
  'audio',
  'train',
  '--builtin',
  '--steps',
  '2',
  '--out',
  'browser-run',
  '--set',
  'channels=16',
  '--set',
  'batchSize=2',
];

async function prepareProject(project, npm) {
  const aliases = Object.entries(tools).map(([name, wanted]) => `${name}@${wanted}`);
  const cpc = (args) => runNode(join(project, 'node_modules/@cpc/cli/dist/bin.js'), args, { cwd: project });
  for (const step of [
    () => npm(['install', ...aliases], project),
    () => cpc(training),
    () => cpc(['audio', 'export', '--run', 'browser-run', '--out', 'audio.onnx']),
  ]) {
    const { code, text } = await step();
    if (code !== 0) return { ok: false, output: text };
  }
  return { ok: true, output: '' };
}

/** 100 contexts of 256 numbers for a second, by at most 15 MB of WebAssembly; or the error that is expected. */
async function checkPage(project, vite, { name, options, threads, error }) {
  const script = join(project, 'node_modules', vite, 'bin/vite.js');
  const page = `${vite}-${name.replaceAll(' ', '-')}`;
  const built = await buildPage({ project, vite: script, options, name: page, wav: toneWav() });
  if (!built.ok) return built;
  const answer = await openPage(built.folder);
  const wanted = JSON.stringify({ shape: [1, 100, 256], finite: true, threads });
  const isRight = error === undefined ? JSON.stringify(answer) === wanted : error.test(answer.error ?? '');
  const bytes = wasmBytes(built.folder);
  const output = `${JSON.stringify(answer)}, ${bytes} bytes of WebAssembly`;
  return { ok: isRight && bytes < 15e6, output };
}

/** 200 points of two classes, far apart: fits, predicts, and answers with the accuracy. */
const probesPage = `import { createRandom } from '@cpc/base';
import { eagerEngine } from '@cpc/core';
import { accuracy, classesOf, fitLogisticRegression, logisticScores } from '@cpc/probes';

async function fitted() {
  const random = createRandom(1);
  const labels = Int32Array.from({ length: 200 }, (_, row) => row % 2);
  const data = Float32Array.from({ length: 600 }, (_, place) => random.normal() + 4 * (labels[Math.floor(place / 3)] ?? 0));
  const features = { shape: [200, 3], data };
  const engine = await eagerEngine({ name: 'cpu', backend: 'cpu', provider: 'cpu', note: 'plain JavaScript' });
  const model = await fitLogisticRegression({ features, labels, classes: 2, engine });
  return { accuracy: accuracy(classesOf(await logisticScores(model, features, engine)), labels) };
}

const answer = await fitted().catch((error: Error) => ({ error: error.message }));
await fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
`;

/** A page of a project that installed `@cpc/probes` alone. */
export async function checkProbesInBrowser(stage, project, prepared) {
  await stage('@cpc/probes alone in Chromium', () => checkProbesPage(project), [prepared]);
}

async function checkProbesPage(project) {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const vite = await run('npm', ['install', `vite7@${tools.vite7}`, ...flags], { cwd: project });
  if (vite.code !== 0) return { ok: false, output: vite.text };
  const source = join(project, 'page');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'index.html'), '<!doctype html><script type="module" src="/page.ts"></script>');
  writeFileSync(join(source, 'page.ts'), probesPage);
  writeFileSync(join(source, 'vite.config.mjs'), "export default { build: { target: 'es2022' } };\n");
  const script = join(project, 'node_modules/vite7/bin/vite.js');
  const { code, text } = await runNode(script, ['build'], { cwd: source, timeoutSeconds: limitSeconds });
  if (code !== 0) return { ok: false, output: text };
  const answer = await openPage(join(source, 'dist'));
  return { ok: answer.accuracy > 0.95, output: JSON.stringify(answer) };
}
