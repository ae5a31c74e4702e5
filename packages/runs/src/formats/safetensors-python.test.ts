/** Our safetensors files against Python's library, in both directions. Skipped where Python lacks it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';

const probe = spawnSync('python3', ['-c', 'import numpy, safetensors.numpy'], { encoding: 'utf8' });
const reason = probe.status === 0 ? '' : ' (skipped: python3 cannot import numpy and safetensors)';

const tensors: Record<string, StoredTensor> = {
  bytes: { shape: [3], data: Uint8Array.of(0, 127, 255) },
  'encoder/kernel': { shape: [2, 3], data: Float32Array.of(1.5, -2, 3, 4, 5, 6) },
  scalar: { shape: [], data: Float32Array.of(7) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
  whole: { shape: [2], data: Int32Array.of(-1, 2 ** 30) },
  precise: { shape: [1], data: Float64Array.of(Math.PI) },
};

describe.skipIf(probe.status !== 0)(`Python's safetensors${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-safetensors-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads our 6 tensors and metadata, and what it writes back we read', () => {
    const ours = join(folder, 'ours.safetensors');
    const theirs = join(folder, 'theirs.safetensors');
    writeFileSync(ours, encodeSafetensors(tensors, { step: '500', note: 'größe "大"' }));
    const program = `
import json, sys
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
tensors = load_file(sys.argv[1])
with safe_open(sys.argv[1], 'np') as file: metadata = file.metadata()
save_file(tensors, sys.argv[2], metadata)
print(json.dumps({name: [str(t.dtype), list(t.shape), t.ravel().tolist()] for name, t in tensors.items()}))`;
    const printed: unknown = JSON.parse(execFileSync('python3', ['-c', program, ours, theirs], { encoding: 'utf8' }));
    expect(printed).toEqual({
      bytes: ['uint8', [3], [0, 127, 255]],
      'encoder/kernel': ['float32', [2, 3], [1.5, -2, 3, 4, 5, 6]],
      scalar: ['float32', [], [7]],
      empty: ['float32', [0, 4], []],
      whole: ['int32', [2], [-1, 2 ** 30]],
      precise: ['float64', [1], [Math.PI]],
    });
    expect(decodeSafetensors(readFileSync(theirs), theirs)).toEqual({
      tensors,
      metadata: { step: '500', note: 'größe "大"' },
    });
  });
});
