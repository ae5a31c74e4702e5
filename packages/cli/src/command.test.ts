import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { installCommand, installFlat, installLinked, temporaryFolder } from './test-support/fake-project.js';
import { run, start } from './test-support/run-command.js';

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

/** A project with the fake domain "text" in npm's layout. */
function project(): string {
  const folder = temporaryFolder();
  installFlat(folder);
  return folder;
}

const training = ['text', 'train', '--builtin', '--out', 'first'];

describe('cpc train', () => {
  it('prints a table on stdout, 5 steps and what to type next', async () => {
    const cwd = project();
    const { code, stdout, stderr } = await run([...training, '--steps', '5'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^run {5}first\nstatus {2}completed\nsteps {3}5 in 5\.0 s\n/);
    expect(stdout).toContain('loss    1.827 nats (mean of the last 5 steps)'); // 4 (1 + 1/2 + 1/3 + 1/4 + 1/5) / 5
    expect(stdout).toMatch(/k {2}accuracy {7}bound\n1 {4}50\.0 % {2}1\.500 nats\n3 {4}25\.0 % {2}0\.500 nats\n$/);
    expect(stderr).toContain('Training 1,234,567 parameters on cpu (a fake)');
    expect(stderr).toContain('  cpc text probe --run first --builtin\n');
    expect(stderr).toContain('warning: one file was left out');
  });

  it('tells after 12 steps of 1 s, each with 0.25 s of waiting, that batches were waited for 25 % of the time', async () => {
    const args = [...training, '--steps', '12'];
    const { stdout } = await run(args, { cwd: project() });
    expect(stdout).toMatch(/^input {3}waited for: 25\.0 % of the time$/m);
    const { stdout: json } = await run([...args, '--json'], { cwd: project() });
    expect(JSON.parse(json)).toMatchObject({ inputWaitShare: 0.25 });
  });

  it('prints 1 line of JSON on stdout with --json, although the domain prints there too', async () => {
    const { code, stdout, stderr } = await run([...training, '--steps', '5', '--json'], { cwd: project() });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toEqual({
      run: 'first',
      status: 'completed',
      steps: 5,
      trainedSeconds: 5,
      final: {
        averagedSteps: 5,
        lossNats: expect.closeTo(1.8267, 4),
        accuracy: [0.5, 0.25],
        boundNats: [1.5, 0.5],
        offsets: [1, 3],
        examplesPerSecond: 4,
      },
      files: [join('first', 'model.safetensors'), join('first', 'run.json')],
      warnings: ['one file was left out'],
    });
    expect(stderr).toContain('a library prints to stdout');
  });

  it('hands its options to the domain, typed', async () => {
    const cwd = project();
    const options = [
      '--steps',
      '3',
      '--checkpoint-every',
      '2',
      '--seed',
      '7',
      '--workers',
      '3',
      '--engine',
      'onnx',
      '--threads',
      '2',
      '--set',
      'batchSize=16',
    ];
    expect((await run([...training, ...options], { cwd })).code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, 'first', 'run.json'), 'utf8')).request).toMatchObject({
      data: 'builtin',
      preset: 'small',
      overrides: { batchSize: { value: 16, source: 'set' } },
      steps: 3,
      checkpointEverySteps: 2,
      seed: 7,
      workers: 3,
      engine: { name: 'onnx', threads: 2 },
      command: `cpc ${[...training, ...options].join(' ')}`,
    });
  });

  it('fails with 1 line and exit code 1 where the domain says why', async () => {
    const { code, stdout, stderr } = await run([...training, '--steps', '5', '--set', 'fail=expected'], {
      cwd: project(),
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('cpc: training step 1: expected a finite loss, received NaN.\n');
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stderr).not.toContain('--verbose');
  });

  it('asks for a report where the domain fails without meaning to, and prints where with --verbose', async () => {
    const cwd = project();
    const failing = [...training, '--steps', '5', '--set', 'fail=unexpected'];
    const brief = await run([...failing, '--json'], { cwd });
    expect(brief.code).toBe(1);
    expect(brief.stderr).toContain('cpc: cannot read properties of undefined\n');
    expect(brief.stderr).toContain('--verbose');
    expect(brief.stderr).not.toMatch(/^ {4}at /m);
    expect(JSON.parse(brief.stdout)).toEqual({ status: 'failed', error: 'cannot read properties of undefined' });
    expect((await run([...failing, '--verbose'], { cwd })).stderr).toMatch(/^ {4}at .*index\.js/m);
  });
});

describe('interrupts', () => {
  it('finish the step, save, exit with 130 and print a command that goes on', async () => {
    const cwd = project();
    const command = [...training, '--steps', '60', '--set', 'stepMilliseconds=50'];
    const { child, said, finished } = start(command, { cwd });
    await said('Training');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(130);
    expect(stdout).toContain('status  interrupted');
    expect(stderr).toContain('Finishing what is under way');
    const resume = /To go on:\n {2}cpc (.*)\n/.exec(stderr)?.[1];
    expect(resume).toBe(`${command.join(' ')} --resume`);
    const before = JSON.parse(readFileSync(join(cwd, 'first', 'run.json'), 'utf8')).step;
    expect(before).toBeLessThan(60);
    const resumed = await run([...(resume ?? '').split(' '), '--json'], { cwd });
    expect(resumed.stderr).toContain(`Going on after step ${before}`);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ status: 'completed', steps: 60 });
  });

  it('leave within 2 s at the second signal, in the middle of a step of 20 s', async () => {
    const { child, said, finished } = start([...training, '--steps', '9', '--set', 'stepMilliseconds=20000'], {
      cwd: project(),
    });
    await said('Training');
    child.kill('SIGINT');
    await said('Finishing');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const begun = performance.now();
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ code: null, signal: 'SIGINT', stdout: '' }); // shells call this 130
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('count as 1 where the second comes within half a second, as npx hands them on', async () => {
    const { child, said, finished } = start([...training, '--steps', '60', '--set', 'stepMilliseconds=50'], {
      cwd: project(),
    });
    await said('Training');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    expect(stdout).toContain('status  interrupted'); // not left at once
  });
});

describe('cpc probe, embed and export', () => {
  it('probes with the random baseline unless told otherwise, and writes files', async () => {
    const cwd = project();
    await run([...training, '--steps', '1'], { cwd });
    const probed = await run(['text', 'probe', '--run', 'first', '--builtin'], { cwd });
    expect(probed.code).toBe(0);
    expect(probed.stdout).toMatch(
      /\ntrained {3}topic {2}context {9}linear {8}80\.0 % {2}75\.0 % to 85\.0 % \(95 %\) {8}4 {6}50\n/,
    );
    expect(probed.stdout).toMatch(/\nrandom {4}topic {2}context {9}linear {8}30\.0 % /);
    const [, below] = probed.stdout.split('\n\n');
    expect(below?.split('\n').map((line) => line.replace(/ {2,}/, ': '))).toEqual([
      'context ahead of random: +50.0 points, -0.4 to +51.0 (95 %)',
      'split: one book held out', // once, for both rows
      'intervals: by bootstrap over 12 books',
      '',
    ]);
    const alone = await run(['text', 'probe', '--run', 'first', '--builtin', '--baselines', 'none', '--json'], { cwd });
    expect(JSON.parse(alone.stdout)).toMatchObject({ run: 'first', status: 'completed', results: [{ accuracy: 0.8 }] });

    writeFileSync(join(cwd, 'folds.json'), '[]');
    const options = ['--representation', 'both', '--classifier', 'mlp', '--pooled', '--folds', 'folds.json'];
    const both = await run(['text', 'probe', '--run', 'first', '--builtin', ...options], { cwd });
    expect(both.stdout).toMatch(/^features .* classes {2}tested {2}by fold\n/);
    expect(both.stdout).toMatch(/\ntrained {3}topic {2}latent, mean {4}mlp {11}80\.0 % .* 50 {2}75\.0 %, 85\.0 %\n/);
    expect(both.stdout).toMatch(/\ntrained {3}topic {2}context, mean {3}mlp /);

    const embedded = await run(['text', 'embed', '--run', 'first', '--builtin', '--out', 'a.npy', '--pooled'], { cwd });
    expect(embedded).toMatchObject({ code: 0, stdout: 'a.npy  float32 [2, 3]\n' });
    const asked = () => JSON.parse(readFileSync(join(cwd, 'a.npy'), 'utf8'));
    expect(asked()).toMatchObject({ pooled: true });
    expect(asked()).not.toHaveProperty('representation'); // the domain's choice
    await run(['text', 'embed', '--run', 'first', '--builtin', '--out', 'a.npy', '--representation', 'latent'], {
      cwd,
    });
    expect(asked()).toMatchObject({ pooled: false, representation: 'latent' });
    writeFileSync(join(cwd, 'words.txt'), 'boat 1 2');
    const embedding = ['text', 'embed', '--run', 'first', '--builtin', '--out', 'a.npy', '--more-words'];
    await run([...embedding, 'words.txt'], { cwd });
    expect(asked()).toMatchObject({ moreWords: 'words.txt' });
    const { code, stderr } = await run([...embedding, 'nothing.txt'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('--more-words nothing.txt: does not exist.')]);
    const exported = await run(['text', 'export', '--run', 'first', '--out', 'a.onnx', '--json'], { cwd });
    expect(JSON.parse(exported.stdout)).toEqual({
      run: 'first',
      status: 'completed',
      files: [{ path: 'a.onnx', description: 'float32 [2, 3]' }],
      warnings: [],
    });
  });
});

describe('cpc similar', () => {
  it('prints the most similar first, as many as asked for, and the same as JSON; a query has to be given', async () => {
    const cwd = project();
    await run([...training, '--steps', '1'], { cwd });
    const asked = ['text', 'similar', '--run', 'first', '--builtin', '--query', 'It rained.'];
    const { stdout, code } = await run([...asked, '--count', '3'], { cwd });
    expect([code, stdout]).toEqual([0, '0.875  It rained. 1\n0.750  It rained. 2\n']);
    const json = JSON.parse((await run([...asked, '--json'], { cwd })).stdout);
    expect(json).toMatchObject({ query: 'It rained.', status: 'completed' });
    expect(json.similar).toHaveLength(4); // of 5 unless told otherwise
    expect(json.files).toEqual([]);
    const without = await run(asked.slice(0, -2), { cwd });
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("required option '--query <query>'")]);
  });
});

describe('what a domain has for single features, and few labels', () => {
  it('is asked for features 3 and 17, 12 of each unless told otherwise, and tells its file', async () => {
    const cwd = project();
    await run([...training, '--steps', '1'], { cwd });
    const asked = ['text', 'patterns', '--run', 'first', '--builtin', '--features', '3,17', '--out', 'a.html'];
    expect(await run(asked, { cwd })).toMatchObject({ code: 0, stdout: 'a.html  float32 [2, 3]\n' });
    expect(JSON.parse(readFileSync(join(cwd, 'a.html'), 'utf8'))).toMatchObject({ features: [3, 17], count: 12 });
    const json = JSON.parse((await run([...asked, '--json'], { cwd })).stdout);
    expect(json).toMatchObject({ status: 'completed', features: [3, 17], files: [{ path: 'a.html' }] });
  });

  it('has columns of their own in the table of a probe: 97 % within the top 5, 1 % of the labels', async () => {
    const cwd = project();
    await run([...training, '--steps', '1'], { cwd });
    const asked = ['text', 'probe', '--run', 'first', '--builtin', '--labels', '0.01'];
    const { stdout } = await run(asked, { cwd });
    expect(stdout).toMatch(/top 5 +labels\n/);
    expect(stdout).toMatch(/97\.0 % +100 \(1\.0 %\)\n/);
    expect(stdout).toContain('context ahead of random, 1.0 % of labels');
    expect((await run(asked.slice(0, -2), { cwd })).stdout).not.toContain('top 5');
  });
});

describe('stdout', () => {
  it('may be closed before the end: exit code 0, and nothing about it', async () => {
    const cwd = project();
    const { child, finished } = start([...training, '--steps', '5'], { cwd });
    child.stdout?.destroy();
    const { code, stderr } = await finished;
    expect(code).toBe(0);
    expect(stderr).not.toContain('EPIPE');
    expect(existsSync(join(cwd, 'first', 'run.json'))).toBe(true);
  });

  it('stays empty on wrong use, but for 1 object with --json', async () => {
    const cwd = project();
    const plain = await run(['text', 'train', '--builtin'], { cwd });
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).toBe(
      'cpc: expected --steps, --epochs or --minutes, received none of them.\nSee: cpc text train --help\n',
    );
    const json = await run(['text', 'train', '--builtin', '--json'], { cwd });
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('received none of them'),
    });
  });
});

describe('a domain', () => {
  const help = ['text', '--help'];
  const found = { code: 0, stdout: expect.stringContaining('a fake domain of text') };

  it('that is not installed: exit code 2 and the 1 line to type', async () => {
    const cwd = temporaryFolder();
    const bin = installCommand(join(cwd, 'node_modules')); // alone: this workspace has all domains
    expect(await run(['vision', 'train', '--builtin'], { cwd, bin })).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr:
        'cpc: "vision" needs the package @cpc/vision, which is not installed.\nRun: npm install @cpc/vision --ignore-scripts\n',
    });
  });

  it('is found from the working directory in the layouts of npm and of pnpm', async () => {
    expect(await run(help, { cwd: project() })).toMatchObject(found);
    const linked = temporaryFolder();
    installLinked(linked);
    const below = join(linked, 'src', 'deep');
    mkdirSync(below, { recursive: true });
    expect(await run(help, { cwd: below })).toMatchObject(found);
  });

  it('is found beside the command in the layout of npx, and then works', async () => {
    const cache = temporaryFolder();
    const bin = installCommand(join(cache, 'node_modules'));
    installFlat(cache);
    const cwd = temporaryFolder();
    expect(await run([...training, '--steps', '2'], { cwd, bin })).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, 'first', 'model.safetensors'))).toBe(true);
  });

  it('is found beside the link by which the command was called, as pnpm installs globally', async () => {
    const global = temporaryFolder();
    const stored = join(temporaryFolder(), 'node_modules'); // elsewhere: the real path leads to no domain
    installCommand(stored);
    installFlat(global);
    symlinkSync(join(stored, '@cpc', 'cli'), join(global, 'node_modules', '@cpc', 'cli'), 'junction');
    const bin = join(global, 'node_modules', '@cpc', 'cli', 'dist', 'bin.js');
    expect(await run(help, { cwd: temporaryFolder(), bin })).toMatchObject(found);
  });

  it('whose files are missing is said to be unfinished', async () => {
    const cwd = project();
    const folder = join(cwd, 'node_modules', '@cpc', 'text');
    renameSync(join(folder, 'index.js'), join(folder, 'gone.js'));
    const { code, stderr } = await run(help, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^cpc: @cpc\/text is installed, but its entry \.\/node cannot be found/);
    expect(await run(['--version'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['--help'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    const doctor = await run(['doctor', '--json'], { cwd });
    expect(JSON.parse(doctor.stdout).domains).toContainEqual({
      name: 'text',
      installed: false,
      problem: expect.stringContaining('its entry ./node cannot be found'),
    });
  });
});

describe('cpc demo', () => {
  /** Only the fake domain is there: the command stands in the project too, away from this workspace. */
  function demoProject() {
    const cwd = project();
    return { cwd, bin: installCommand(join(cwd, 'node_modules')) };
  }

  it('says that 80 % against 30 % is better, and where the files are', async () => {
    const { code, stdout } = await run(['demo', '--quick', '--out', 'shown'], demoProject());
    expect(code).toBe(0);
    expect(stdout).toMatch(/\ntext {4}topic {3}80\.0 % {2}30\.0 % {2}yes {5}5 in 5\.0 s\n/);
    expect(stdout).toMatch(/\n\d.* in all, with starting up and probing\.\n/);
    expect(stdout).toContain(
      'better than random ones: 80.0 % against 30.0 % on 4 classes; the intervals do not touch.',
    );
    expect(stdout).toContain(join('shown', 'text', 'model.safetensors'));
  });

  it('exits with 1 where training does not help, and says so in JSON too', async () => {
    const options = { ...demoProject(), env: { FAKE_ACCURACY: '0.2' } };
    const { code, stdout } = await run(['demo', '--json', '--out', 'shown'], options);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      out: 'shown',
      status: 'completed',
      better: false,
      domains: [{ domain: 'text', steps: 20, better: false, trained: { accuracy: 0.2 }, random: { accuracy: 0.3 } }],
    });
  });
});

describe('cpc doctor and cpc --version', () => {
  it('reports at least 1 working engine, the fake domain and versions', async () => {
    const { code, stdout } = await run(['doctor', '--json'], { cwd: project() });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ works: true, node: process.versions.node, versions: { '@cpc/text': '1.2.3' } });
    expect(report.domains).toContainEqual({ name: 'text', installed: true });
    expect(report.engines).toContainEqual(expect.objectContaining({ engine: 'cpu', works: true }));
  });

  it('prints the version of the package and nothing else', async () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
    const { code, stdout, stderr } = await run(['--version'], { cwd: temporaryFolder() });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });
});
