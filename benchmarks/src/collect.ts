/** Finds the cases of all packages: one built file per package, made from `packages/<name>/benchmarks/index.ts`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CpcArgumentError } from '@cpc/core';
import type { BenchmarkCase } from '@cpc/testing';

/** What such a file exports. */
export interface CasesModule {
  readonly cases: readonly BenchmarkCase[];
}

/** Cases in the order of their packages' names. */
export async function collectCases(folder: string): Promise<BenchmarkCase[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.js')).sort();
  const modules = await Promise.all(
    files.map((file): Promise<CasesModule> => import(pathToFileURL(join(folder, file)).href)),
  );
  return modules.flatMap(({ cases }) => cases);
}

/**
 * The cases of these names, all if none is named.
 *
 * @throws {CpcArgumentError} if there is no case of a name.
 */
export function chosenCases(cases: readonly BenchmarkCase[], names: readonly string[]): BenchmarkCase[] {
  if (names.length === 0) return [...cases];
  return names.map((wanted) => {
    const found = cases.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    const expected = `one of ${cases.map(({ name }) => name).join(', ')}`;
    throw new CpcArgumentError({ where: 'bench', argument: 'case', expected, received: wanted });
  });
}
