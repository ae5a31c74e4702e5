/** Arguments of Node for a worker thread that loads a file: those of the process, without those that would keep it from starting. */
import type { WorkerOptions } from 'node:worker_threads';

const sourceCondition = '@cpc/source';

/**
 * Two kinds are left out. In this repository the condition `@cpc/source` stands for TypeScript sources, which a thread cannot run: it gets
 * the built files. And `--input-type` is refused by Node wherever no text is evaluated, as in a thread of `node --input-type=module --eval`.
 *
 * @param given - the arguments of the process.
 * @returns options of `new Worker`; none where all arguments can stay.
 */
export function threadArguments(given: readonly string[] = process.execArgv): Pick<WorkerOptions, 'execArgv'> {
  const isSource = (argument: string, index: number) =>
    argument.endsWith(`=${sourceCondition}`) || [argument, given[index + 1]].includes(sourceCondition);
  const isInputType = (argument: string, index: number) =>
    /^--input-type(=|$)/.test(argument) || given[index - 1] === '--input-type';
  const execArgv = given.filter((argument, index) => !isSource(argument, index) && !isInputType(argument, index));
  return execArgv.length === given.length ? {} : { execArgv };
}
