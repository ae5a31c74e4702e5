import { expect, it } from 'vitest';
import { addOperatorTimes, operatorTimes, profileRows } from './profile.js';

function run(ts: number, dur: number) {
  return { cat: 'Session', name: 'model_run', ts, dur, args: {} };
}

function kernel(operator: string, ts: number, dur: number) {
  return { cat: 'Node', name: `node_${ts}_kernel_time`, ts, dur, args: { op_name: operator } };
}

const file = [
  kernel('Gemm', 10, 9_000), // in the warm-up run
  run(0, 10_000),
  kernel('Gemm', 20_000, 3_000),
  kernel('Scan', 23_000, 1_000),
  kernel('Add', 23_100, 200),
  kernel('Add', 23_300, 300),
  run(19_000, 6_000),
  kernel('Gemm', 30_000, 5_000),
  run(29_000, 7_000),
  { cat: 'Session', name: 'session_initialization', ts: 0, dur: 5, args: {} },
  { something: 'else' },
];

it('gives Gemm 4 ms, Scan 0.25 ms of its own and Add 0.25 ms a run, the first run left out', () => {
  expect(operatorTimes(file, 1)).toEqual([
    { operator: 'Gemm', calls: 1, milliseconds: 4 },
    { operator: 'Scan', calls: 0.5, milliseconds: 0.25 },
    { operator: 'Add', calls: 1, milliseconds: 0.25 },
  ]);
});

it('adds 4 ms of one session and 1 ms of another', () => {
  const sums = addOperatorTimes([
    [{ operator: 'Mul', calls: 2, milliseconds: 1 }],
    [
      { operator: 'Gemm', calls: 1, milliseconds: 3 },
      { operator: 'Mul', calls: 1, milliseconds: 4 },
    ],
  ]);
  expect(sums).toEqual([
    { operator: 'Mul', calls: 3, milliseconds: 5 },
    { operator: 'Gemm', calls: 1, milliseconds: 3 },
  ]);
});

it('sets shares of 75 % and 25 % and a row for all', () => {
  const rows = profileRows([
    { operator: 'Gemm', calls: 3, milliseconds: 30 },
    { operator: 'Add', calls: 1, milliseconds: 10 },
  ]);
  expect(rows.slice(1)).toEqual([
    ['Gemm', '3', '30.0', '75.0 %'],
    ['Add', '1', '10.0', '25.0 %'],
    ['all', '4', '40.0', '100.0 %'],
  ]);
});

it('refuses a file of 3 runs whose warm-up is 3', () => {
  expect(() => operatorTimes(file, 3)).toThrow(/3 runs, of which 3 are warm-up/);
});
