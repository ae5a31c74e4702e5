import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Pass } from './support/pass.js';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.includes('.test.'));
const names = files.map((file) => file.replace(/\.ts$/, '')).filter((name) => name !== 'index');

const camelCase = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

it('are at least 14, a file each; what helps them stands in support/', () => {
  expect(names.length).toBeGreaterThanOrEqual(14);
});

it.each(names)('%s has one name: file, export and Pass.name', async (name) => {
  const exported: Record<string, unknown> = await import(join(import.meta.dirname, `${name}.ts`));
  const found = exported[camelCase(name)];
  const pass = (typeof found === 'function' ? found('train') : found) as Pass;
  expect(pass.name).toBe(name);
});
