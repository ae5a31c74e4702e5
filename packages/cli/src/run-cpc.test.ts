import { afterEach, expect, it, vi } from 'vitest';
import { runCpc } from './run-cpc.js';

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
