/** A command with two options and a probe task, added to a domain by changing that domain alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '@cpc/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './test-support/fake-project.js';
import { run } from './test-support/run-command.js';

beforeAll(() => ensureBuilt('@cpc/cli'), 600_000);

const bin = join(import.meta.dirname, 'fixtures', 'toy-domain', 'run.js');
const toy = (module: string, line: string, cwd: string) => run([module, ...line.split(' ')], { cwd, bin });

describe('a toy domain that a command and a probe task were added to', () => {
  it('shows both in help, which without them shows neither', async () => {
    const cwd = temporaryFolder();
    const [before, after] = await Promise.all(['./toy.js', './extended.js'].map((file) => toy(file, '--help', cwd)));
    expect(before?.stdout).not.toContain('rehearse');
    expect(after?.stdout).toMatch(/\n {2}rehearse \[options\] +train on faster circles\n/);
    const help = (await toy('./extended.js', 'rehearse --help', cwd)).stdout;
    expect(help).toMatch(/--fastest <x> +greatest speed.*\n.*--rounds <n> +updates/);
    expect(help).toContain('Example:\n  cpc toy rehearse --fastest 2 --out runs/fast');
    expect((await toy('./extended.js', 'probe --help', cwd)).stdout).toMatch(/choices:\s+"side",\s+"height"/);
  });

  it('refuses wrong values of the 2 options by name, with exit code 2', async () => {
    const cwd = temporaryFolder();
    const wrong = await toy('./extended.js', 'rehearse --fastest 0 --out r', cwd);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/--fastest <x>.*Expected a number above 0/) });
    const many = await toy('./extended.js', 'rehearse --fastest 1 --rounds 10 --out r', cwd);
    expect(many.stderr).toMatch(/--rounds <n>.*Expected a whole number from 1 to 9/);
  });

  it('has both in JSON and in the run record: 3 updates with the option typed, and the accuracy of the task', async () => {
    const cwd = temporaryFolder();
    const trained = await toy('./extended.js', 'rehearse --fastest 2.5 --rounds 3 --out fast --json', cwd);
    expect(trained).toMatchObject({ code: 0 });
    expect(JSON.parse(trained.stdout)).toMatchObject({ run: 'fast', status: 'completed', steps: 3 });
    const probed = await toy('./extended.js', 'probe --run fast --builtin --task height --json', cwd);
    expect(JSON.parse(probed.stdout)).toMatchObject({ task: 'height', results: [{ task: 'height', classes: 2 }] });
    expect(JSON.parse(readFileSync(join(cwd, 'fast', 'run.json'), 'utf8'))).toMatchObject({
      command: 'cpc toy rehearse --fastest 2.5 --rounds 3 --out fast --json',
      domain: 'toy',
      settings: { fastest: { value: 2.5, source: 'set' } },
      totals: { steps: 3 },
      probes: [{ task: 'height' }],
    });
  });
});
