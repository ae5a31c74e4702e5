/**
 * `npm run -s information [nats ...]`: estimates of mutual information beside the truth, for correlated Gaussians, as the Markdown
 * table of docs/mutual-information.md. What stands behind ± is how far single batches are from one another, not seeds.
 */
import { makeReady } from './lib/ready.mjs';

const asked = process.argv.slice(2).map(Number);
if (asked.some((nats) => !(nats > 0))) {
  console.error(
    `information: expected amounts of information in nats, each above 0, received ${process.argv.slice(2).join(' ')}`,
  );
  process.exit(2);
}
const truths = asked.length > 0 ? asked : [0.5, 1, 2, 4, 8]; // nats

await makeReady();
const { createRandom, estimateInformation, gaussiansOfInformation, informationEstimators, meanAndDeviation } =
  await import('../packages/core/dist/index.js');
const { createEngine } = await import('../packages/core/dist/node/index.js');

const dimensions = 4;
const batchSizes = [16, 64, 256];
const seeds = [1, 2, 3];

const engine = await createEngine({ name: 'onnx' });

/** Mean over seeds of the estimate, and how far single batches are from one another. */
async function cell(settings) {
  const results = [];
  for (const seed of seeds) {
    results.push((await estimateInformation({ ...settings, engine, random: createRandom(seed) })).estimateNats);
  }
  const mean = (values) => meanAndDeviation(values).mean;
  const shown = (value) => (Math.abs(value) < 1000 ? value.toFixed(2) : value.toExponential(1));
  return `${shown(mean(results.map((result) => result.mean)))} ± ${shown(mean(results.map(({ deviation }) => deviation)))}`;
}

console.log(`| truth | N | ln N | ${informationEstimators.map(({ name }) => name).join(' | ')} |`);
console.log(`|${'---|'.repeat(3 + informationEstimators.length)}`);
for (const informationNats of truths) {
  for (const batchSize of batchSizes) {
    const gaussians = gaussiansOfInformation({ dimensions, informationNats });
    const cells = [];
    for (const estimator of informationEstimators) {
      process.stderr.write(`${informationNats} nats, N ${batchSize}, ${estimator.name}\n`);
      cells.push(await cell({ gaussians, estimator, batchSize }));
    }
    console.log(`| ${informationNats} | ${batchSize} | ${Math.log(batchSize).toFixed(2)} | ${cells.join(' | ')} |`);
  }
}
