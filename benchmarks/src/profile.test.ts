import { expect, it } from 'vitest';
import { operatorTimes, profileRows, totalsByFamily, totalsByOperator, totalsByPart } from './profile.js';

function run(ts: number, dur: number) {
  return { cat: 'Session', name: 'model_run', ts, dur, args: {} };
}

function kernel(operator: string, ts: number, dur: number, shapes: object = {}) {
  return { cat: 'Node', name: `encoder/${ts}_kernel_time`, ts, dur, args: { op_name: operator, ...shapes } };
}

const square = {
  input_type_shape: [{ float: [10, 10] }, { float: [10, 10] }],
  output_type_shape: [{ float: [10, 10] }],
};

function time(operator: string, calls: number, milliseconds: number, operations = 0, bytes = 0, part = 'encoder') {
  return { part, operator, calls, milliseconds, operations, bytes };
}

function total(name: string, calls: number, milliseconds: number, operations = 0, bytes = 0) {
  return { name, calls, milliseconds, operations, bytes };
}

const file = [
  kernel('Gemm', 10, 9_000), // in the warm-up run
  run(0, 10_000),
  kernel('Gemm', 20_000, 3_000, square),
  kernel('Scan', 23_000, 1_000),
  kernel('Add', 23_100, 200),
  kernel('Add', 23_300, 300),
  run(19_000, 6_000),
  kernel('Gemm', 30_000, 5_000, square),
  run(29_000, 7_000),
  { cat: 'Session', name: 'session_initialization', ts: 0, dur: 5, args: {} },
  { something: 'else' },
];

it('gives Gemm 4 ms, 2000 operations and 1200 bytes, Scan 0.25 ms of its own and Add 0.25 ms a run, the first run left out', () => {
  expect(operatorTimes(file, 1)).toEqual([
    time('Gemm', 1, 4, 2000, 1200),
    time('Scan', 0.5, 0.25),
    time('Add', 1, 0.25),
  ]);
});

it('tells what Gemm took in each part, an operator within another of no name counting as its part', () => {
  const named = (name: string, operator: string, ts: number, dur: number) => ({ ...kernel(operator, ts, dur), name });
  const events = [
    named('encoder/4_kernel_time', 'Gemm', 0, 3_000),
    named('context/5/MatMulAddFusion_kernel_time', 'Gemm', 3_000, 2_000),
    named('context/6_kernel_time', 'Scan', 5_000, 1_000),
    named('_kernel_time', 'Add', 5_100, 400),
    named('Transpose_3_kernel_time', 'Transpose', 6_000, 500),
    run(0, 10_000),
  ];
  expect(operatorTimes(events, 0)).toEqual([
    time('Gemm', 1, 3),
    time('Gemm', 1, 2, 0, 0, 'context'),
    time('Scan', 1, 0.6, 0, 0, 'context'),
    time('Transpose', 1, 0.5, 0, 0, 'made by the runtime'),
    time('Add', 1, 0.4, 0, 0, 'context'),
  ]);
});

it('adds 4 ms of Mul in one part and 1 ms in another, with what was done', () => {
  const times = [time('Mul', 2, 1, 0, 7), time('Gemm', 1, 3, 5), time('Mul', 1, 4, 0, 8, 'context')];
  expect(totalsByOperator(times)).toEqual([total('Mul', 3, 5, 0, 15), total('Gemm', 1, 3, 5)]);
  expect(totalsByPart(times)).toEqual([total('encoder', 3, 4, 5, 7), total('context', 1, 4, 0, 8)]);
});

it('adds Gemm and MatMul to products, Slice and Pad to movement', () => {
  const times = [time('Gemm', 1, 3, 5), time('MatMul', 1, 4, 6), time('Slice', 2, 1, 0, 8), time('Pad', 1, 1, 0, 9)];
  expect(totalsByFamily(times)).toEqual([total('products', 2, 7, 11), total('movement', 3, 2, 0, 17)]);
});

it('sets shares of 75 % and 25 %, rates of 50 % and 20 % of the machine, and a row for all', () => {
  const rates = { operationsPerSecond: 200e9, bytesPerSecond: 10e9 };
  const rows = profileRows('operator', [total('Gemm', 3, 30, 3e9, 1e9), total('Add', 1, 10, 0, 0.02e9)], rates);
  expect(rows.slice(1)).toEqual([
    ['Gemm', '3', '30.0', '75.0 %', '3.0', '1.00', '50.0 %'],
    ['Add', '1', '10.0', '25.0 %', '0.0', '0.02', '20.0 %'],
    ['all', '4', '40.0', '100.0 %', '3.0', '1.02', '37.5 %'],
  ]);
});

it('refuses a file of 3 runs whose warm-up is 3', () => {
  expect(() => operatorTimes(file, 3)).toThrow(/3 runs, of which 3 are warm-up/);
});
