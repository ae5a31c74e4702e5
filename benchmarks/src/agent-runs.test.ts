import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AgentRun,
  type AgentRuns,
  agentRunOf,
  agentTables,
  curveRows,
  parseAgentRuns,
  returnRows,
  withRuns,
} from './agent-runs.js';
import { agentsPath, repositoryRoot } from './places.js';
import { markdownTable } from './table.js';

function run(contrastive: boolean, seed: number, returns: readonly number[], after: number): AgentRun {
  const evaluation = (policy: string, meanReturn: number) => ({
    ...{ environment: 'arena', policy, episodes: 100, meanReturn, standardError: 0.25, seed: 1 },
    ...{ leastReturn: 0, greatestReturn: 9, meanSteps: 300 },
  });
  const curve = returns.map((episodeReturn, index) => ({ frames: 1e6 * (index + 1), episodeReturn, entropyNats: 2 }));
  const evaluations = [
    ...[evaluation('trained', after), evaluation('random', 0.5)],
    ...[evaluation('always fire', -1), evaluation('always forward', 0.75)],
  ];
  return {
    environment: 'arena',
    contrastive,
    seed,
    updates: 10,
    frames: 2e6,
    command: 'cpc rl train',
    curve,
    evaluations,
  };
}

const runs: AgentRuns = {
  schema: 1,
  runs: [run(true, 1, [1, 3], 4), run(true, 2, [2, 5], 6), run(false, 1, [0, 1], 2)],
};

it('sets the mean of 4 and 6 beside a run of 2, random play and the better of two actions', () => {
  expect(returnRows(runs).slice(1)).toEqual([
    ['arena', 'with the contrastive task', '5.00 ± 1.41', '4.00 ± 0.25, 6.00 ± 0.25'],
    ['arena', 'without', '2.00', '2.00 ± 0.25'],
    ['arena', 'random', '', '0.50 ± 0.25'],
    ['arena', 'always forward', '', '0.75 ± 0.25'],
  ]);
});

it('puts a run made anew in the place of the one before, and others beside it, in order', () => {
  const again = run(true, 2, [7, 8], 9);
  const other = { ...run(false, 1, [0], 1), environment: 'aquarium' };
  const record = withRuns(runs, [again, other, run(true, 10, [0], 1)]);
  const [with1, , without] = runs.runs;
  expect(record.runs).toEqual([other, with1, again, run(true, 10, [0], 1), without]);
  expect(runs.runs).toHaveLength(3);
});

it('sets returns on the way side by side, with what was not measured left out', () => {
  expect(curveRows(runs, 'arena').slice(1)).toEqual([
    ['1.0', '1.50 ± 0.71', '0.00', '', '', ''],
    ['2.0', '4.00 ± 1.41', '1.00', '', '', ''],
  ]);
});

/** Any committed run: the layout is the same for all. */
const example = join(repositoryRoot, 'benchmarks/runs/audio-small-librispeech-6500-seed-1.json');

describe('agentRunOf', () => {
  const record = (changes: object) => JSON.stringify({ ...JSON.parse(readFileSync(example, 'utf8')), ...changes });
  const line = (step: number, episodeReturn: number) => ({
    ...{ time: '2026-01-01T00:00:00.000Z', step, lossNats: 4, trainedSeconds: step, gradientNorm: 1, learningRate: 1 },
    ...{ accuracy: [0.01 * step], boundNats: [1], firstPredictionStep: 1, offsets: [1], examplesPerSecond: 1 },
    ...{ stepMilliseconds: 1, inputWaitMilliseconds: 0 },
    agent: {
      ...{ frames: 1000 * step, framesPerSecond: 1, actingShare: 0.5, episodes: 1, episodeReturn },
      ...{ entropyNats: 2, policyLoss: 0, valueLoss: 0 },
    },
  });

  it('is a curve of at most ten points, each the mean of the updates since the one before', () => {
    const metrics = Array.from({ length: 20 }, (_, index) => `${JSON.stringify(line(index + 1, index))}\n`).join('');
    const settings = { contrastive: { value: false, source: 'set' } };
    const { evaluations } = run(false, 1, [0], 2);
    const made = agentRunOf(record({ settings, evaluations }), metrics);
    expect(made).toMatchObject({ environment: 'arena', contrastive: false, frames: 20_000 });
    expect(made.curve).toHaveLength(10);
    expect(made.curve[1]).toMatchObject({ frames: 4000, episodeReturn: 2.5 });
    expect(made.curve[1]?.accuracy).toBeCloseTo(0.035, 12);
  });

  it('refuses a run that was not evaluated', () => {
    const settings = { contrastive: { value: true, source: 'preset' } };
    expect(() => agentRunOf(record({ settings }), `${JSON.stringify(line(1, 0))}\n`)).toThrow(/evaluations/);
  });
});

describe.runIf(existsSync(agentsPath))('the committed runs', () => {
  const committed = () => parseAgentRuns(readFileSync(agentsPath, 'utf8'));

  it('stand in the README of rl as their tables', () => {
    const readme = readFileSync(join(repositoryRoot, 'packages/rl/README.md'), 'utf8');
    const tables = agentTables(committed());
    expect(tables.length).toBeGreaterThan(1);
    for (const rows of tables) expect(readme).toContain(markdownTable(rows));
  });

  it('saw equally many frames on both sides of an environment', () => {
    const { runs } = committed();
    for (const { environment, frames } of runs) {
      expect(runs.filter((other) => other.environment === environment && other.frames !== frames)).toEqual([]);
    }
  });
});
