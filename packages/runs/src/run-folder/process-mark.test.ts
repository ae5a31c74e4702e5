import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { fateOf, fateOfText, markText, ownMark } from './process-mark.js';

const isLinux = process.platform === 'linux';

describe('a process', () => {
  it('is alive while it runs and gone 1 moment later, by mark and by the mark’s text', async () => {
    const own = await ownMark();
    const child = spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 1e6)']);
    const { began: _began, ...mark } = { ...own, pid: child.pid ?? 0 };
    const fates = async () => [await fateOf(mark, own), await fateOfText(markText(mark), own)];
    expect(await fates()).toEqual(['alive', 'alive']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await fates()).toEqual(['gone', 'gone']);
  });

  it.skipIf(!isLinux)('with the number of this one that began at another time is gone (Linux)', async () => {
    const own = await ownMark();
    expect(await fateOf({ ...own, began: '1' }, own)).toBe('gone');
    expect(await fateOfText(markText({ ...own, began: '1' }), own)).toBe('gone');
  });

  it.each([
    ['of another machine', { host: 'elsewhere' }],
    ['of an earlier start of the machine', { boot: 'earlier' }],
    ['of another PID namespace', { pidNamespace: 'pid:[1]' }],
  ])('%s is neither alive nor gone, though its number is in use here or not', async (_, change) => {
    const own = await ownMark();
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const mark of [
      { ...own, ...change },
      { ...own, ...change, pid },
    ]) {
      expect(await fateOf(mark, own)).toBe('unknown');
      expect(await fateOfText(markText(mark), own)).toBe('unknown');
    }
  });

  it('of a lock of an earlier version, which names the machine only, is judged by its number', async () => {
    const own = await ownMark();
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(await fateOf({ pid: process.pid, host: own.host }, own)).toBe('alive');
    expect(await fateOf({ pid, host: own.host }, own)).toBe('gone');
  });
});

it('a mark has 28 characters; a UUID or a name without one is no mark', async () => {
  const own = await ownMark();
  expect(markText(own)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{10}$/);
  expect(await fateOfText('0b9f9a30-0000-4000-8000-0000', own)).toBeUndefined();
  expect(await fateOfText('', own)).toBeUndefined();
});
