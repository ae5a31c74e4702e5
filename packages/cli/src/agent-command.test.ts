/** What the command offers to a domain that acts in environments: `--env`, evaluate, sweep. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { installCommand, installFake, temporaryFolder } from './test-support/fake-project.js';
import { run } from './test-support/run-command.js';

beforeAll(() => ensureBuilt('@cpc/cli'), 600_000);

/** A project with a fake domain "rl". */
function project(): string {
  const folder = temporaryFolder();
  installFake(folder, 'fake-agent-domain', 'rl');
  return folder;
}

const training = ['rl', 'train', '--env', 'maze', '--out', 'first'];

async function trained(): Promise<string> {
  const cwd = project();
  await run([...training, '--steps', '2'], { cwd });
  return cwd;
}

describe('cpc rl train', () => {
  it('prints the return over 4 episodes, entropy, explained variance and frames, and what to type next', async () => {
    const { code, stdout, stderr } = await run([...training, '--steps', '4'], { cwd: project() });
    expect(code).toBe(0);
    expect(stdout).toContain('3.000 (mean of 4 episodes of 30.0 agent steps, in the last 4 steps)'); // (2 + 4) / 2
    expect(stdout).toMatch(/\nentropy +2\.000 nats\nexplained variance +0\.250\nspeed +50\.0 frames\/s\n$/);
    expect(stdout).not.toContain('accuracy');
    expect(stderr).toContain('  cpc rl evaluate --run first\n  cpc rl export --run first --out first/rl.onnx\n');
    expect(stderr).not.toContain('probe');
  });

  it('takes 400 frames instead of steps, hands the environment on as data, and knows no --epochs, --data or --builtin', async () => {
    const cwd = project();
    const { code } = await run([...training, '--frames', '4e2', '--workers', '0'], { cwd });
    expect(code).toBe(0);
    const { request } = JSON.parse(readFileSync(join(cwd, 'first', 'run.json'), 'utf8'));
    expect(request).toMatchObject({ data: 'maze', frames: 400, workers: 0 });
    for (const option of [['--epochs', '1'], ['--data', '.'], ['--builtin']]) {
      const refused = await run(['rl', 'train', '--env', 'maze', '--steps', '1', ...option], { cwd });
      expect(refused.code, option.join(' ')).toBe(2);
      expect(refused.stderr).toContain(`unknown option '${option[0]}'`);
    }
  });

  it('asks for an environment and for an end, naming --frames', async () => {
    const cwd = project();
    expect((await run(['rl', 'train', '--steps', '1'], { cwd })).stderr).toContain("required option '--env <name>'");
    const endless = await run(['rl', 'train', '--env', 'maze'], { cwd });
    expect(endless).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected --steps, --frames or --minutes'),
    });
  });
});

describe('cpc rl evaluate', () => {
  it('compares with the random policy and fixed actions unless told otherwise, a row for each', async () => {
    const cwd = await trained();
    const { code, stdout } = await run(['rl', 'evaluate', '--run', 'first', '--episodes', '7'], { cwd });
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'policy | mean return',
      'trained | 12.5',
      'random | 3.000',
      'fixed | 3.000',
      '',
    ]);
  });

  it('films into out.gif, in another environment, without baselines, as JSON; and refuses out.mp4', async () => {
    const cwd = await trained();
    const asked = ['rl', 'evaluate', '--run', 'first', '--env', 'arena', '--baselines', 'none', '--greedy'];
    const { stdout } = await run([...asked, '--video', 'out.gif', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'completed',
      evaluations: [{ policy: 'trained', environment: 'arena', episodes: 100 }],
      files: [{ path: 'out.gif', description: 'a film' }],
    });
    expect(JSON.parse(readFileSync(join(cwd, 'out.gif'), 'utf8'))).toMatchObject({ greedy: true, baselines: [] });
    expect((await run([...asked, '--video', 'out.mp4'], { cwd })).code).toBe(2);
  });
});

it('cpc rl sweep prints the table of 24 draws unless told otherwise', async () => {
  const cwd = project();
  const asked = ['rl', 'sweep', '--env', 'maze', '--frames', '1e6', '--halving', '--out', 'searched'];
  const { code, stdout } = await run(asked, { cwd });
  expect(code).toBe(0);
  expect(stdout).toBe('| 24 | 1000000 | true | maze |\n');
  expect(existsSync(join(cwd, 'searched', 'sweep.md'))).toBe(true);
});

it('cpc rl --help lists train, evaluate, sweep and export, and neither probe nor embed', async () => {
  const { stdout } = await run(['rl', '--help'], { cwd: project() });
  for (const name of ['train', 'evaluate', 'sweep', 'export']) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  for (const name of ['probe', 'embed', 'ablate']) expect(stdout).not.toMatch(new RegExp(`^ {2}${name} `, 'm'));
});

describe('cpc demo', () => {
  const demo = async (env: Record<string, string>) => {
    const cwd = project();
    const bin = installCommand(join(cwd, 'node_modules'));
    return run(['demo', '--quick', '--out', 'shown'], { cwd, bin, env });
  };

  it('says that a return of 12.5 is better than 3 of the random policy', async () => {
    const { code, stdout } = await demo({});
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nrl {6}maze +12\.5 +3\.000 +yes +2 in 2\.0 s\n/);
    expect(stdout).toContain('rl: the trained agent does better');
  });

  it('exits with 1 where 4 is not more than two standard errors above 3', async () => {
    const { code, stdout } = await demo({ FAKE_RETURN: '4' });
    expect(code).toBe(1);
    expect(stdout).toContain('rl: training did NOT help');
  });
});
