import { domainCommands } from './src/node/index.js';
const [, , method, json] = process.argv;
const request = JSON.parse(json ?? '{}');
let last = 0;
const control = { stopRequested: () => false };
const common = { seed: 1, engine: { name: 'onnx', threads: 2 }, strict: false, command: 'try', overrides: {}, resume: false, preset: 'small', baselines: ['random'] };
for await (const event of (domainCommands as any)[method as string]({ ...common, ...request }, control)) {
  if (event.type === 'step-end' || event.type === 'progress') { if (performance.now() - last < (request.every ?? 5000)) continue; last = performance.now(); }
  if (event.type === 'step-end') console.log(event.step, 'loss', event.lossNats.toFixed(3), 'acc', event.accuracy.map((a: number) => a.toFixed(2)).join(' '), event.stepMilliseconds.toFixed(0), 'wait', event.inputWaitMilliseconds.toFixed(0), 'norm', event.gradientNorm.toFixed(2));
  else { if (event.result) delete event.result.confusion; console.log(JSON.stringify(event)); }
}
