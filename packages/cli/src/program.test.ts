import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@cpc/base';
import { type ProbeRequest, probeCommand, type TrainRequest } from '@cpc/runs/commands';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Context, Job } from './commands/context.js';
import type { DomainName } from './domains/known-domains.js';
import { type LoadedDomain, loadDomain } from './domains/load-domain.js';
import { createProgram } from './program.js';
import { fakeDomain, temporaryFolder } from './test-support/fake-project.js';

let text: LoadedDomain;
beforeAll(async () => {
  text = await loadDomain(fakeDomain);
});

/** Reads a command line as `runCpc` would where only the fake domain "text" is installed. */
async function read(
  typed: readonly string[],
  said: string[] = [],
  domain: LoadedDomain = text,
): Promise<Job | undefined> {
  const note = (line: unknown) => said.push(String(line));
  const output = { result: note, json: note, summary: note, words: note, release: async () => false };
  const context: Context = { typed, output };
  let chosen: Job | undefined;
  const program = createProgram({
    context,
    domains: new Map<DomainName, LoadedDomain>([['text', domain]]),
    installed: new Set<DomainName>(['text']),
    onJob: (job) => {
      chosen = job;
    },
  });
  await program.parseAsync([...typed], { from: 'user' });
  return chosen;
}

async function refusalOf(line: string): Promise<UsageError> {
  try {
    const job = await read(line.split(' '));
    await job?.();
  } catch (error) {
    if (UsageError.isInstance(error)) return error;
    throw error;
  }
  throw new Error(`"${line}" was not refused`);
}

const start = 'text train --builtin --steps 5';

describe('wrong use', () => {
  it.each([
    ['txt train', /unknown command 'txt'/],
    ['text teach', /unknown command 'teach'/],
    ['text train --builtin --stepz 5', /unknown option '--stepz'\s+\(Did you mean --steps\?\)/],
    ['text train --steps 5', /expected --data PATH or --builtin, received neither/],
    [`${start} --data .`, /'--data <path>' cannot be used with option '--builtin'/],
    ['text train --data nowhere --steps 5', /--data nowhere: does not exist/],
    ['text train --data --builtin --steps 5', /Expected a path/],
    ['text train --builtin', /expected --steps, --epochs or --minutes, received none/],
    ['text train --builtin --steps', /'--steps <n>' argument missing/],
    ['text train --builtin --steps 0', /Expected a whole number of at least 1/],
    ['text train --builtin --steps 1.5', /Expected a whole number of at least 1/],
    ['text train --builtin --steps 1e3.5', /Expected a whole number of at least 1/],
    ['text train --builtin --minutes 0', /Expected a number above 0/],
    ['text train --builtin --epochs many', /Expected a number above 0/],
    [`${start} --checkpoint-every 0`, /Expected a whole number of at least 1/],
    [`${start} --workers 65`, /--workers <n>.*Expected a whole number from 0 to 64/],
    [`${start} --workers -1`, /--workers <n>.*Expected a whole number from 0 to 64/],
    [`${start} --workers 1.5`, /--workers <n>.*Expected a whole number from 0 to 64/],
    [`${start} --seed x`, /--seed <n>.*Expected a whole number/],
    [`${start} --preset large`, /Allowed choices are paper, small/],
    [`${start} --engine gpu`, /Allowed choices are auto, onnx, tensorflow, cpu/],
    [`${start} --provider metal`, /Allowed choices are cpu, webgpu, cuda, dml, coreml/],
    [`${start} --engine cpu --threads 2`, /--threads is for the engine onnx/],
    [`${start} --engine tensorflow --provider cuda`, /--provider is for the engine onnx/],
    [`${start} --threads 0`, /Expected a whole number of at least 1/],
    [`${start} --set batchSize`, /Expected key=value/],
    [`${start} --set batchsize=8`, /expected one of batchSize, .*received batchsize/],
    [`${start} --set batchSize=many`, /batchSize: expected a number/],
    [`${start} --config nowhere.json`, /--config nowhere\.json: cannot be read/],
    [`${start} --resume`, /--resume needs --out DIR/],
    [`${start} --resume --out nowhere`, /nowhere holds no run to go on with/],
    [`${start} extra`, /too many arguments/],
    ['text probe --builtin', /'--run <dir>' not specified/],
    ['text probe --run nowhere --builtin', /--run nowhere: does not exist/],
    ['text probe --run . --builtin', /without model\.safetensors/],
    ['text probe --run . --builtin --task sense', /Allowed choices are topic, mood/],
    ['text probe --run . --builtin --baselines random,mfcc', /out of random, counts, received "mfcc"/],
    ['text probe --run . --builtin --classifier forest', /Allowed choices are linear, mlp/],
    ['text probe --run . --builtin --representation latent,none', /Expected latent, context, both, or latent,context/],
    ['text probe --run . --builtin --labels 0.1,2', /Expected numbers above 0, up to 1, with commas between/],
    ['text probe --run . --builtin --step-share 0', /Expected a number above 0/],
    ['text similar --run . --builtin --query x --out a.txt', /Expected a file ending in \.html/],
    ['text patterns --run . --builtin --features 1,-2 --out a.html', /Expected a whole number of at least 0/],
    ['text patterns --run . --builtin --out a.html', /'--features <a,b>' not specified/],
    ['text patterns --run . --builtin --features 1 --out a.png', /Expected a file ending in \.html/],
    ['text embed --run . --builtin --out features.csv', /Expected a file ending in \.npy or \.safetensors/],
    ['text embed --run . --builtin', /'--out <file>' not specified/],
    ['text export --run . --out model.pt', /Expected a file ending in \.onnx/],
    ['vision train --builtin', /"vision" needs the package @cpc\/vision, which is not installed\.\nRun: npm install/],
    ['demo --out .', /exists already/],
    ['doctor --measured', /unknown option '--measured'/],
  ])('refuses: cpc %s', async (line, message) => {
    expect((await refusalOf(line)).message).toMatch(message);
  });

  it('names the help of the very command that was refused', async () => {
    expect((await refusalOf('text train --builtin --stepz 5')).helpCommand).toBe('cpc text train --help');
    expect((await refusalOf('text train --builtin')).helpCommand).toBe('cpc text train --help');
    expect((await refusalOf('txt')).helpCommand).toBe('cpc --help');
  });

  it('refuses a config file that is not one JSON object, naming it', async () => {
    const file = join(temporaryFolder(), 'settings.json');
    writeFileSync(file, '[1]');
    expect((await refusalOf(`${start} --config ${file}`)).message).toMatch(/settings\.json: expected one JSON object/);
    writeFileSync(file, '{"batchSize": ');
    expect((await refusalOf(`${start} --config ${file}`)).message).toMatch(/settings\.json: expected JSON/);
  });

  it('refuses to train into a folder that holds a run, and says what to add', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), '{}');
    expect((await refusalOf(`${start} --out ${folder}`)).message).toMatch(/holds a run already\. Add --resume/);
  });
});

/** What a command of the fake domain would be asked to do. */
async function requested(name: string, line: string): Promise<object> {
  let request: object | undefined;
  const commands = text.commands.commands.map((command) => ({
    ...command,
    prepare: async (...asked: Parameters<typeof command.prepare>) => {
      request = await command.prepare(...asked);
      throw new UsageError('not to be done');
    },
  }));
  const job = await read(['text', name, ...line.split(' ')], [], { ...text, commands: { ...text.commands, commands } });
  await expect(job?.()).rejects.toThrow('not to be done');
  return request ?? {};
}

describe('requests', () => {
  const trainRequest = (line: string) => requested('train', line) as Promise<TrainRequest>;

  it('types the values of --set by JSON where it parses, else as text, over those of the file', async () => {
    const file = join(temporaryFolder(), 'settings.json');
    writeFileSync(file, '{"batchSize": 2, "name": "sgd"}');
    const { overrides } = await trainRequest(`--builtin --steps 5 --config ${file} --set batchSize=8 --set fail=no`);
    expect(overrides).toEqual({
      batchSize: { value: 8, source: 'set' },
      name: { value: 'sgd', source: 'config' },
      fail: { value: 'no', source: 'set' },
    });
  });

  it.each([
    ['', 1],
    [' --workers 0', 0],
    [' --workers 64', 64],
  ])('of "train%s" ask for %i threads that make batches', async (words, workers) => {
    expect((await trainRequest(`--builtin --steps 5${words}`)).workers).toBe(workers);
  });

  it('makes a run folder of its own from domain, preset and time', async () => {
    const request = await trainRequest("--builtin --minutes 0.5 --set name=a'b");
    expect(request.out).toMatch(/^runs[\\/]text-small-\d{4}-\d\d-\d\d-\d{6}$/);
    expect(request.command).toBe("cpc text train --builtin --minutes 0.5 --set 'name=a'\\''b'");
    expect(request).toMatchObject({ data: 'builtin', minutes: 0.5, seed: 1, engine: { name: 'auto' }, resume: false });
    expect(request.steps).toBeUndefined();
  });

  it('does not mistake a folder named builtin for the built-in data', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'builtin'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect((await trainRequest('--data builtin --steps 1')).data).toBe('./builtin');
    } finally {
      process.chdir(before);
    }
  });
});

describe('probe requests', () => {
  const folder = () => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'model.safetensors'), '');
    return path;
  };
  const probeRequest = (line: string) => requested('probe', line) as Promise<ProbeRequest>;

  it('of folds that do not exist are refused', async () => {
    const refusal = await refusalOf(`text probe --run ${folder()} --builtin --folds nowhere.json`);
    expect(refusal.message).toMatch(/--folds nowhere\.json: does not exist/);
  });

  it('ask for the first task, unless another is named', async () => {
    const run = folder();
    expect((await probeRequest(`--run ${run} --builtin`)).task).toBe('topic');
    expect((await probeRequest(`--run ${run} --builtin --task mood`)).task).toBe('mood');
  });

  it('ask for the task of the built-in data with --builtin where a domain has one', () => {
    const command = probeCommand({
      tasks: ['mr', 'subject'],
      builtInTask: 'subject',
      baselines: [],
      classifiers: ['linear'],
      run: async function* () {},
    });
    const given = { run: 'r', baselines: [], seed: 1, engine: 'auto', strict: false, classifier: 'linear' };
    expect(command.prepare({ ...given, builtin: true }, { typed: [] })).toMatchObject({ task: 'subject' });
    expect(command.prepare({ ...given, builtin: false, data: 'd' }, { typed: [] })).toMatchObject({ task: 'mr' });
    expect(command.prepare({ ...given, builtin: true, task: 'mr' }, { typed: [] })).toMatchObject({ task: 'mr' });
  });

  it('leave out the 5 options that were not given, and hold those that were', async () => {
    const run = folder();
    const plain: object = await probeRequest(`--run ${run} --builtin`);
    for (const name of ['representations', 'folds', 'labelShares', 'stepShare', 'moreWords'])
      expect(plain).toHaveProperty(name, undefined);
    const asked = `--representation latent --classifier mlp --pooled --folds ${run} --labels 0.01,1 --step-share 0.5`;
    expect(await probeRequest(`--run ${run} --builtin ${asked}`)).toMatchObject({
      ...{ representations: ['latent'], classifier: 'mlp', pooled: true, folds: run },
      ...{ labelShares: [0.01, 1], stepShare: 0.5 },
    });
  });
});

describe('help', () => {
  async function helpOf(line: string): Promise<string> {
    const said: string[] = [];
    await expect(read(line.split(' '), said)).rejects.toMatchObject({ exitCode: 0 });
    return said.join('\n');
  }

  it('lists the four domains and says which are not installed', async () => {
    const help = await helpOf('--help');
    for (const name of ['audio', 'text', 'vision', 'rl', 'doctor', 'demo']) expect(help).toContain(`\n  ${name}`);
    expect(help.match(/\(not\s+installed\)/g)).toHaveLength(3);
  });

  it.each(['text train', 'text probe', 'text embed', 'text export', 'text patterns', 'doctor', 'demo'])(
    'of cpc %s ends with an example',
    async (line) => {
      expect(await helpOf(`${line} --help`)).toMatch(new RegExp(`Examples?:\\n  cpc ${line}`));
    },
  );

  it('of train shows defaults and the settings of the default preset', async () => {
    const help = await helpOf('text train --help');
    expect(help.replace(/\s+/g, ' ')).toContain('default: small, or that of --from (choices: "paper", "small")');
    expect(help).toMatch(/Settings \(--set key=value\), as in the preset small:\n {2}batchSize {9}4/);
  });

  it('of probe lists the 2 classifiers and the 4 options of a domain that has them', async () => {
    const help = (await helpOf('text probe --help')).replace(/\s+/g, ' ');
    expect(help).toContain(
      '--classifier <name> what to fit to the features (choices: "linear", "mlp", default: "linear")',
    );
    expect(help).toMatch(/--pooled .*--folds <file>.*--labels <a,b>.*--step-share <x>/);
  });

  it.each(['probe', 'embed', 'export', 'similar'])(
    'of %s names further words where a domain has them',
    async (name) => {
      expect(await helpOf(`text ${name} --help`)).toContain('--more-words <file>');
    },
  );

  it('of a domain that is not installed says what to install', async () => {
    expect(await helpOf('vision --help')).toContain('Not installed. Run: npm install @cpc/vision --ignore-scripts');
  });
});
