import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installedPackages, namedInInstallLine, storedPackages, unwantedWith } from './alone.mjs';
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

it('lists 3 packages of a store of pnpm once each, whatever their versions and peers', () => {
  const folders = [
    '@cpc+base@file+a.tgz',
    'zod@4.1.0',
    'zod@4.2.0',
    '@x+y@1.0.0_zod@4.1.0',
    'node_modules',
    'lock.yaml',
  ];
  expect(storedPackages(folders)).toEqual(['@cpc/base', '@x/y', 'zod']);
});

it('reads 2 packages off an install line, and no option', () => {
  expect(namedInInstallLine('a\n```sh\nnpm install @cpc/rl tfjs --ignore-scripts # first\n```\nnpm install c')).toEqual(
    ['@cpc/rl', 'tfjs'],
  );
});
