import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installedPackages, unwantedWith } from './alone.mjs';
import { root } from './workspace.mjs';

it('lists 4 packages of a lock file once each: scoped ones and those within others too', () => {
  const paths = ['', 'node_modules/@cpc/text', 'node_modules/zod', 'node_modules/a', 'node_modules/a/node_modules/zod'];
  const packages = Object.fromEntries([...paths, 'node_modules/@cpc/text/node_modules/@x/y'].map((path) => [path, {}]));
  expect(installedPackages({ packages })).toEqual(['@cpc/text', '@x/y', 'a', 'zod']);
});

it('does not want natural with @cpc/text, nor the 4 databases that it depends on', () => {
  const unwanted = unwantedWith(join(root, 'packages/text'), 'natural');
  expect(unwanted).toEqual(expect.arrayContaining(['natural', 'mongoose', 'pg', 'redis', 'memjs']));
});
