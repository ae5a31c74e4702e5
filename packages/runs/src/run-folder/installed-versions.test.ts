import { expect, it } from 'vitest';
import { installedVersions } from './installed-versions.js';

it('installedVersions tells the version of TensorFlow.js that this package works with, 4.22.0', () => {
  expect(installedVersions(['@tensorflow/tfjs'], import.meta.url)).toEqual({ '@tensorflow/tfjs': '4.22.0' });
});
