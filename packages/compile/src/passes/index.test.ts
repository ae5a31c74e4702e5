import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Pass } from './support/pass.js';

const folders = [import.meta.dirname, join(import.meta.dirname, '..', 'export', 'passes')];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.') && name !== 'index.ts')
    .map((name) => join(folder, name)),
);

const camelCase = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

it('are at least 18, a file each; what helps them stands in support/', () => {
  expect(files.length).toBeGreaterThanOrEqual(18);
});

it.each(files)('%s has one name: file, export and Pass.name', async (file) => {
  const name = basename(file, '.ts');
  const exported: Record<string, unknown> = await import(file);
  const found = exported[camelCase(name)];
  const pass = (typeof found === 'function' ? found('train') : found) as Pass;
  expect(pass.name).toBe(name);
});
