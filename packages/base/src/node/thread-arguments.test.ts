import { describe, expect, it } from 'vitest';
import { threadArguments } from './thread-arguments.js';

describe('the arguments of a thread', () => {
  it('are those of the process where all 2 can stay', () => {
    expect(threadArguments(['--max-old-space-size=100', '--no-warnings'])).toEqual({});
  });

  it.each([
    [['--input-type=module', '--no-warnings'], ['--no-warnings']],
    [['--input-type', 'module', '--no-warnings'], ['--no-warnings']],
    [['--conditions=@cpc/source', '--no-warnings'], ['--no-warnings']],
    [['-C', '@cpc/source'], []],
  ])('of %j are %j', (given, kept) => {
    expect(threadArguments(given)).toEqual({ execArgv: kept });
  });
});
