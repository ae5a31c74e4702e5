/** Streams that fail and terminals that close end no run. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { installFlat, temporaryFolder } from './test-support/fake-project.js';
import { builtBin, start } from './test-support/run-command.js';

beforeAll(() => ensureBuilt('@cpc/cli'), 300_000);

const training = ['text', 'train', '--builtin', '--out', 'first'];

/** Runs a line of bash in which `"$@"` is the command; resolves to exit code and stderr. */
function inShell(
  line: string,
  args: readonly string[],
  cwd = temporaryFolder(),
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn('bash', ['-c', line, 'bash', process.execPath, builtBin, ...args], { cwd });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

function project(): string {
  const folder = temporaryFolder();
  installFlat(folder);
  return folder;
}

const fullDisk =
  'cpc: stdout: expected free space on the disk, received a full disk (ENOSPC). Free some space, or write to another disk.\n';

describe.skipIf(process.platform !== 'linux')('a full disk', () => {
  it('behind stdout is 1 line and exit code 1 for --help, --version and help of a domain', async () => {
    const cwd = project();
    for (const args of [['--help'], ['--version'], ['text', 'train', '--help']])
      expect(await inShell('"$@" > /dev/full', args, cwd)).toEqual({ code: 1, stderr: fullDisk });
  });

  it('behind stdout lets training end with 0, and with 1 where --json is lost', async () => {
    const cwd = project();
    const plain = await inShell('"$@" > /dev/full', [...training, '--steps', '3'], cwd);
    expect(plain).toMatchObject({ code: 0, stderr: expect.stringContaining(fullDisk) });
    const json = await inShell(
      '"$@" > /dev/full',
      ['text', 'train', '--builtin', '--out', 'second', '--steps', '3', '--json'],
      cwd,
    );
    expect(json).toMatchObject({ code: 1, stderr: expect.stringContaining(fullDisk) });
  });

  it('behind stderr, behind both and with both closed lets 3 trainings end with 0', async () => {
    for (const line of ['"$@" 2> /dev/full', '"$@" > /dev/full 2>&1', '"$@" >&- 2>&-'])
      expect(await inShell(line, [...training, '--steps', '3'], project())).toMatchObject({ code: 0 });
  });
});

it.skipIf(process.platform === 'win32')(
  'has 2 readers leave without a word: exit code 0 and nothing on stderr',
  async () => {
    const line = 'set -o pipefail; "$@" | true';
    expect(await inShell(line, ['--help'])).toEqual({ code: 0, stderr: '' });
    expect(await inShell(line, ['--version'])).toEqual({ code: 0, stderr: '' });
  },
);

describe.skipIf(process.platform !== 'linux')('SIGHUP', () => {
  it('ends training with 130 and the command that resumes it', async () => {
    const { child, finished, said } = start([...training, '--steps', '1000', '--set', 'stepMilliseconds=20'], {
      cwd: project(),
      env: { _: '' },
      detached: true,
    });
    await said('Training');
    child.kill('SIGHUP');
    child.kill('SIGHUP'); // shell and kernel each send one
    const { code, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).toContain('--resume');
  });

  it('does not reach training under nohup, which SIGTERM ends with 130', async () => {
    const log = openSync('/dev/null', 'w');
    const child = spawn(
      'bash',
      [
        '-c',
        'nohup "$@"',
        'bash',
        process.execPath,
        builtBin,
        ...training,
        '--steps',
        '1000',
        '--set',
        'stepMilliseconds=20',
      ],
      {
        cwd: project(),
        stdio: ['ignore', log, 'pipe'],
        detached: true,
      },
    );
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let stderr = '';
    const begun = new Promise<void>((resolve) =>
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        if (stderr.includes('Training')) resolve();
      }),
    );
    await begun;
    child.kill('SIGHUP'); // bash has become nohup, and nohup has become the command
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(child.exitCode ?? child.signalCode).toBe(null);
    expect(stderr).not.toContain('Finishing');
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  });
});
