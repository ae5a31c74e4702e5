import { afterEach, expect, it, vi } from 'vitest';
import { plainWords, runCpc } from './run-cpc.js';

afterEach(() => vi.restoreAllMocks());

const listened = () =>
  [process.stdout, process.stderr]
    .map((stream) => stream.listenerCount('error'))
    .concat(process.listenerCount('SIGINT'));

it('leaves no listener behind after 20 calls, and stdout as it was', async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((_, ...rest) => {
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
  const { write } = process.stdout;
  const before = listened();
  for (let call = 0; call < 20; call++) expect(await runCpc(['no-such-command'])).toBe(2);
  expect(listened()).toEqual(before);
  expect(process.stdout.write).toBe(write);
});

it('refuses a second call while the first has not ended, and takes one afterwards', async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((_, ...rest) => {
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
  const first = runCpc(['no-such-command']);
  await expect(runCpc(['no-such-command'])).rejects.toThrow(/one command at a time/);
  expect(await first).toBe(2);
  expect(await runCpc(['no-such-command'])).toBe(2);
});

it('reads 6 ways to ask for help or the version as --help and --version', () => {
  const ways = [
    ['help', '--help'],
    ['help audio train', 'audio train --help'],
    ['audio help train', 'audio train --help'],
    ['help audio --json', 'audio --json --help'],
    ['-V', '--version'],
    ['text similar --query help', 'text similar --query help'],
  ] as const;
  for (const [typed, meant] of ways) expect(plainWords(typed.split(' '))).toEqual(meant.split(' '));
});

it('refuses 3 unknown commands with 2, also with help or version asked for', async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((_, ...rest) => {
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
  for (const typed of [
    ['help', 'nope'],
    ['nope', '--help'],
    ['nope', '--version'],
  ])
    expect(await runCpc(typed)).toBe(2);
});
