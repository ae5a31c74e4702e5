import type { BenchmarkCase, CaseTools, Contestant, Outcome } from '@cpc/testing';
import { describe, expect, it } from 'vitest';
import { type RunOptions, ratioOf, runCase, type SideResult } from './run-case.js';
import { noInput } from './test-support/no-input.js';

const agreed: Outcome = { milliseconds: 30, lossNats: 4, gradients: { kernel: Float32Array.of(1, 2) } };
const options: RunOptions = {
  preset: 'small',
  threads: 1,
  pairs: 3,
  warmUpSteps: 2,
  settleMilliseconds: 0,
  report: () => undefined,
};
const tools: CaseTools = {
  trainingStep: () => Promise.reject(new Error('not used')),
  ownSide: () => Promise.reject(new Error('not used')),
  encoding: () => Promise.reject(new Error('not used')),
  pythonTwin: () => Promise.reject(new Error('not used')),
};

/** A side that writes what is asked of it into `log`. */
function contestant(name: string, log: string[], outcome = agreed): Contestant {
  return {
    name,
    versions: {},
    prepareMilliseconds: 1,
    notes: {},
    check: async () => {
      log.push(`${name} check`);
      return outcome;
    },
    step: async (number) => {
      log.push(`${name} ${number}`);
      return { milliseconds: 10 * number, lossNats: 4 - number / 10 };
    },
    peakMemoryBytes: async () => 100,
    dispose: async () => {
      log.push(`${name} gone`);
    },
  };
}

const noPeer = async () => ({ skipped: 'none' });

function caseOf(change: Partial<BenchmarkCase>, log: string[]): BenchmarkCase {
  return {
    name: 'pair',
    summary: 'two sides that do nothing',
    timed: true,
    prepare: async () => noInput(),
    ours: async () => contestant('ours', log),
    peer: async () => contestant('peer', log),
    ...change,
  };
}

describe('runCase', () => {
  it('checks both sides, then takes 2 warm-up and 3 timed steps in turns, then lets both go', async () => {
    const log: string[] = [];
    const { ours, peer } = await runCase(caseOf({}, log), options, tools);
    const turns = [1, 2, 3, 4, 5].flatMap((number) => [`ours ${number}`, `peer ${number}`]);
    expect(log).toEqual(['ours check', 'peer check', ...turns, 'peer gone', 'ours gone']);
    expect(ours.firstGradientsMilliseconds).toBe(30);
    expect(ours.warmUpMilliseconds).toEqual([10, 20]);
    expect(peer?.stepMilliseconds).toEqual([30, 40, 50]);
    expect(peer?.lossNats).toBe(3.5);
    expect(ours.peakMemoryBytes).toBe(100);
  });

  it('times nothing where a gradient differs by 1e-3, and lets both sides go', async () => {
    const log: string[] = [];
    const other = { milliseconds: 30, lossNats: 4, gradients: { kernel: Float32Array.of(1, 2.002) } };
    const subject = caseOf({ peer: async () => contestant('peer', log, other) }, log);
    await expect(runCase(subject, options, tools)).rejects.toThrow(
      /pair: expected loss and gradients .* 1\.0e-3 in kernel of batch 1/,
    );
    expect(log).toEqual(['ours check', 'peer check', 'peer gone', 'ours gone']);
  });

  describe('of a case that is compared on 2 images and timed on more', () => {
    const more = noInput();
    const two = noInput();
    const apart = (peerOutcomes: Readonly<{ two: Outcome; more: Outcome }>, log: string[]) =>
      caseOf(
        {
          prepare: async () => more,
          checkedOn: { what: '2 images', prepare: async () => two },
          ours: async (input) => contestant(input === two ? 'ours of two' : 'ours', log),
          peer: async (input) =>
            input === two
              ? contestant('peer of two', log, peerOutcomes.two)
              : contestant('peer', log, peerOutcomes.more),
        },
        log,
      );
    const flipped = { ...agreed, gradients: { kernel: Float32Array.of(1, 2.002) } };

    it('takes the gradients of the 2 images, lets those sides go, and of more wants the same loss only', async () => {
      const log: string[] = [];
      const { agreement } = await runCase(apart({ two: agreed, more: flipped }, log), { ...options, pairs: 0 }, tools);
      expect(agreement).toMatchObject({ batch: 1, of: '2 images', gradientDifferences: { kernel: 0 } });
      const before = ['ours of two check', 'peer of two check', 'ours of two gone', 'peer of two gone'];
      expect(log.slice(0, 6)).toEqual([...before, 'ours check', 'peer check']);
    });

    it('refuses a gradient that differs on the 2 images, and a loss that differs on more', async () => {
      const other = { ...agreed, lossNats: 4.001 };
      const running = (outcomes: Parameters<typeof apart>[0]) => runCase(apart(outcomes, []), options, tools);
      await expect(running({ two: flipped, more: agreed })).rejects.toThrow(/1\.0e-3 in kernel of batch 1/);
      await expect(running({ two: agreed, more: other })).rejects.toThrow(/4 nats here and 4\.001 nats there/);
    });
  });

  it('gives 3 timed steps of ours and the reason where the peer is skipped', async () => {
    const subject = caseOf({ peer: async () => ({ skipped: 'not installed' }) }, []);
    const result = await runCase(subject, options, tools);
    expect(result.ours.stepMilliseconds).toHaveLength(3);
    expect(result).toMatchObject({ skipped: 'not installed' });
    expect(result.peer).toBeUndefined();
  });

  it('times 3 whole fits of a side without a check, and tells the iterations of the last and no loss', async () => {
    const { check, ...fitting } = contestant('ours', []);
    const step = async (number: number) => ({ milliseconds: 1, iterations: number });
    const { ours } = await runCase(
      caseOf({ ours: async () => ({ ...fitting, step }), peer: noPeer }, []),
      options,
      tools,
    );
    expect(ours.stepMilliseconds).toEqual([1, 1, 1]);
    expect(ours.iterations).toBe(5);
    expect(ours).not.toHaveProperty('lossNats');
    expect(ours).not.toHaveProperty('firstGradientsMilliseconds');
  });

  it('refuses 1 side without a check beside a peer: nothing would say that they compute the same', async () => {
    const { check, ...fitting } = contestant('ours', []);
    const subject = caseOf({ ours: async () => fitting }, []);
    await expect(runCase(subject, options, tools)).rejects.toThrow(/ours: expected a check, beside a peer/);
  });

  it('takes 0 steps for a case that is not timed', async () => {
    const log: string[] = [];
    const { agreement } = await runCase(caseOf({ timed: false }, log), options, tools);
    expect(log).toEqual(['ours check', 'peer check', 'peer gone', 'ours gone']);
    expect(agreement?.gradientDifferences).toEqual({ kernel: 0 });
  });
});

describe('ratioOf', () => {
  const side = (stepMilliseconds: number[]): SideResult => ({
    name: '',
    versions: {},
    prepareMilliseconds: 0,
    firstGradientsMilliseconds: 0,
    warmUpMilliseconds: [],
    stepMilliseconds,
    notes: {},
  });

  it('is 1.5 where ours take 100, 200, 300 ms and theirs 200, 300, 400 ms', () => {
    const { ofMedians, ofPairs } = ratioOf(side([100, 200, 300]), side([200, 300, 400]));
    expect(ofMedians).toBe(1.5);
    expect(ofPairs.median).toBe(1.5);
    expect(ofPairs.maximum).toBe(2);
  });
});
