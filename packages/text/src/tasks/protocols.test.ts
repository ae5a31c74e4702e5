import { createRandom } from '@cpc/core';
import { describe, expect, it } from 'vitest';
import { type Protocol, protocolFeatures, protocolRandom, protocols, protocolText } from './protocols.js';

const named = (name: string) => protocols.find((protocol) => protocol.name === name) as Protocol;
const labels = Int32Array.from({ length: 100 }, (_, row) => (row < 80 ? 0 : 1));

describe('protocols', () => {
  it('are skip-thought with C from 1 to 256 and senteval with 1/4 to 8', () => {
    expect(named('skip-thought').penalties).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(named('senteval').penalties).toEqual([0.25, 0.5, 1, 2, 4, 8]);
    expect(protocols).toHaveLength(2);
  });

  it('hold out 10 of 100 sentences ten times, each once; with senteval 8 of the one class and 2 of the other', () => {
    for (const protocol of protocols) {
      const folds = protocol.folds(labels, 10, createRandom(1));
      expect(folds.map(({ test }) => test.length)).toEqual(Array(10).fill(10));
      expect(folds.flatMap(({ test }) => test).sort((left, right) => left - right)).toEqual([...labels.keys()]);
    }
    const rare = named('senteval')
      .folds(labels, 10, createRandom(1))
      .map(({ test }) => test.filter((row) => labels[row] === 1).length);
    expect(rare).toEqual(Array(10).fill(2));
  });

  it('shuffle by the seed that was asked for, or by 1111 whatever was', () => {
    const drawn = (name: string, seed: number) => protocolRandom(named(name), seed).uniform();
    expect(drawn('skip-thought', 1)).not.toBe(drawn('skip-thought', 2));
    expect(drawn('senteval', 1)).toBe(drawn('senteval', 2));
    expect(protocolText(named('senteval'), '10 folds', 5)).toBe(
      'senteval: 10 folds, C in 0.25 to 8 by 10 folds within, seed 1111',
    );
  });

  it('scale [3, 4] to length 1 with skip-thought, leave zeros and the given array as they are, and scale nothing with senteval', () => {
    const features = { shape: [2, 2], data: Float32Array.of(3, 4, 0, 0) };
    const scaled = protocolFeatures(named('skip-thought'), features);
    expect([...scaled.data].map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.8, 0, 0]);
    expect([...features.data]).toEqual([3, 4, 0, 0]);
    expect(protocolFeatures(named('senteval'), features)).toBe(features);
  });
});
