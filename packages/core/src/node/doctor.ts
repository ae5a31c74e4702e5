/**
 * Which engines and providers work on this machine, why the others do not, and what to do about it.
 *
 * Nothing is believed that was not tried: every engine computes something, in a process of its own, so that a native
 * library that crashes or hangs is a line of the report and not the end of it.
 */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { EngineName } from '../engines/engine.js';
import type { EngineTrial, EngineTrialOptions } from './engine-trial.js';
import type { EngineRequest } from './engines.js';
import { tensorflowPackages } from './tensorflow.js';
import type { TrialAnswer, TrialJob } from './trial-process.js';

/** An engine on one provider, tried. */
export type EngineReport =
  | ({ readonly engine: EngineName; readonly works: true } & EngineTrial)
  | {
      readonly engine: EngineName;
      readonly provider: string;
      readonly works: false;
      readonly reason: string;
      /** What to do, in one sentence. */
      readonly fix: string;
    };

/** An optional package with native code. */
export interface NativePackage {
  readonly name: string;
  /** Absent if it is not installed. */
  readonly version?: string | undefined;
  readonly loads: boolean;
  /** Why it does not load, or was not tried. */
  readonly reason?: string | undefined;
}

export interface EngineInspection {
  readonly engines: readonly EngineReport[];
  readonly packages: readonly NativePackage[];
  /** The engine and provider that `auto` takes here; absent if none works. */
  readonly automatic?: { readonly engine: EngineName; readonly provider: string } | undefined;
}

export interface InspectEnginesOptions extends EngineTrialOptions {
  /** Time for one engine to start and compute; 60 if left out, 120 with `measure`. */
  readonly timeoutSeconds?: number;
  /** Called before each engine is tried. */
  readonly onTry?: (engine: EngineName, provider: string) => void;
}

const runtimePackage = 'onnxruntime-node';
const installRuntime = `npm install ${runtimePackage} --ignore-scripts`;

/** By engine and provider; what most often helps. */
const fixes: Readonly<Record<string, string>> = {
  'onnx cpu': `Install the runtime again: ${installRuntime}. On an Intel Mac there is no binary: use --engine tensorflow.`,
  'onnx cuda': `CUDA needs an NVIDIA GPU, CUDA 12, cuDNN 9 and the runtime's own download: npm rebuild ${runtimePackage} (npm 12: npm install-scripts approve ${runtimePackage} first).`,
  'onnx webgpu': 'WebGPU needs a GPU with a driver for Vulkan, Direct3D 12 or Metal.',
  tensorflow: `Install it: npm install ${tensorflowPackages[1]}, or with an NVIDIA GPU npm install ${tensorflowPackages[0]}.`,
};
const generalFix = 'Take another engine with --engine.';

/** Providers that `EngineRequest` can name. */
const knownProviders = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

/**
 * Tries every engine, one after another, each in its own process: about 2 seconds each, about 10 with `measure`.
 *
 * @example
 * const { engines } = await inspectEngines();
 * const working = engines.filter(({ works }) => works);
 */
export async function inspectEngines(options: InspectEnginesOptions = {}): Promise<EngineInspection> {
  const runtime = await inspectRuntime();
  const onnx: EngineReport[] = [];
  for (const provider of runtime.providers) onnx.push(await tryApart('onnx', provider, options));
  const installed = tensorflowPackages.map((name) => [name, installedVersion(name)] as const);
  const tensorflow = installed.some(([, version]) => version !== undefined)
    ? await tryApart('tensorflow', 'cpu', options)
    : notInstalled();
  const cpu = await tryApart('cpu', 'cpu', options);
  const engines = [...onnx, ...(runtime.missing === undefined ? [] : [runtime.missing]), tensorflow, cpu];
  const automatic = automaticOf(engines);
  return {
    engines,
    packages: [runtime.package, ...installed.map(([name, version]) => tensorflowPackage(name, version, tensorflow))],
    automatic,
  };
}

/** As `createEngine` decides: TensorFlow where it has a GPU, else the runtime on the CPU. */
function automaticOf(engines: readonly EngineReport[]): EngineInspection['automatic'] {
  const gpu = engines.find(({ engine, provider, works }) => works && engine === 'tensorflow' && provider === 'gpu');
  const taken = gpu ?? engines.find(({ engine, provider, works }) => works && engine === 'onnx' && provider === 'cpu');
  return taken === undefined ? undefined : { engine: taken.engine, provider: taken.provider };
}

interface RuntimeInspection {
  readonly package: NativePackage;
  readonly providers: readonly (typeof knownProviders)[number][];
  readonly missing?: EngineReport;
}

const offersSchema = z.array(z.object({ name: z.string() }));

/** The runtime is a dependency of @cpc/compile: it is looked for from there. Loaded apart, as everything native. */
async function inspectRuntime(): Promise<RuntimeInspection> {
  const fromCompile = createRequire(createRequire(import.meta.url).resolve('@cpc/compile/package.json'));
  const version = versionFrom(fromCompile, runtimePackage);
  if (version === undefined) return runtimeFailure(undefined, 'it is not installed');
  const outcome = await askForBackends(pathToFileURL(fromCompile.resolve(runtimePackage)).href);
  if ('error' in outcome) return runtimeFailure(version, outcome.error);
  const offered = offersSchema.parse(outcome.value).map(({ name }) => name);
  return {
    package: { name: runtimePackage, version, loads: true },
    providers: knownProviders.filter((provider) => offered.includes(provider)),
  };
}

/** Loads a runtime in a process of its own. @param url - of its module. */
export function askForBackends(url: string): Promise<Outcome> {
  return runApart({ runtime: url }, defaultSeconds);
}

function runtimeFailure(version: string | undefined, reason: string): RuntimeInspection {
  return {
    package: { name: runtimePackage, loads: false, reason, version },
    providers: [],
    missing: {
      engine: 'onnx',
      provider: 'cpu',
      works: false,
      reason: `${runtimePackage}: ${reason}`,
      fix: fixFor('onnx', 'cpu'),
    },
  };
}

function notInstalled(): EngineReport {
  return {
    engine: 'tensorflow',
    provider: 'cpu',
    works: false,
    reason: `${tensorflowPackages.join(' and ')} are not installed`,
    fix: fixFor('tensorflow', 'cpu'),
  };
}

function tensorflowPackage(name: string, version: string | undefined, engine: EngineReport): NativePackage {
  if (version === undefined) return { name, loads: false, reason: 'not installed' };
  if (!engine.works) return { name, version, loads: false, reason: engine.reason };
  if (engine.note.startsWith(`${name} `)) return { name, version, loads: true };
  const reason = engine.unloadable?.[name] ?? 'not tried: the package before it loads';
  return { name, version, loads: false, reason };
}

const defaultSeconds = 60;
const secondsToMeasure = 120;

async function tryApart(
  engine: EngineName,
  provider: NonNullable<EngineRequest['provider']>,
  options: InspectEnginesOptions,
): Promise<EngineReport> {
  const { measure = false, timeoutSeconds = measure ? secondsToMeasure : defaultSeconds } = options;
  options.onTry?.(engine, provider);
  const request: EngineRequest = engine === 'onnx' ? { name: engine, provider } : { name: engine };
  const outcome = await runApart({ engine: request, options: { measure } }, timeoutSeconds);
  if ('error' in outcome)
    return { engine, provider, works: false, reason: outcome.error.trim(), fix: fixFor(engine, provider) };
  return { engine, works: true, ...(outcome.value as EngineTrial) }; // the other process runs this same package
}

/** What a process of its own came to. */
export type Outcome = TrialAnswer;
const outcomeSchema = z.union([z.object({ error: z.string() }), z.object({ value: z.unknown() })]);

/** Does a job in a process of its own; it answers with one message. */
function runApart(job: TrialJob, timeoutSeconds: number): Promise<Outcome> {
  const entry = createRequire(import.meta.url).resolve('@cpc/core/node/trial-process');
  return new Promise((resolve) => {
    const child = fork(entry, [JSON.stringify(job)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
    });
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-longestWords);
    });
    child.on('message', (message) => resolve(outcomeSchema.parse(message)));
    child.on('error', (error) => resolve({ error: error.message }));
    child.on('close', (code, signal) => {
      const hung = child.killed; // by its time limit: nothing else kills it from here
      const end = hung
        ? `gave no answer within ${timeoutSeconds} s`
        : `ended its process (${signal ?? `exit code ${code}`})`;
      const last = words.trim().split('\n').at(-1) ?? '';
      resolve({ error: last === '' ? end : `${end}: ${last}` });
    });
  });
}

const longestWords = 4000;

function fixFor(engine: EngineName, provider: string): string {
  return fixes[`${engine} ${provider}`] ?? fixes[engine] ?? generalFix;
}

function installedVersion(name: string): string | undefined {
  return versionFrom(createRequire(import.meta.url), name);
}

const manifestSchema = z.object({ version: z.string() });

function versionFrom(require: NodeJS.Require, name: string): string | undefined {
  try {
    return manifestSchema.parse(require(`${name}/package.json`)).version;
  } catch {
    return undefined;
  }
}
