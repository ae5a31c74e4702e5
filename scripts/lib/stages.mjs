/**
 * Counts what passes and what fails, and says so while it happens.
 *
 * A stage is one item, and may bring more (the unit tests bring theirs). A stage that fails prints its output; a stage
 * that needs a failed one is not run, and counts as failed.
 */

/**
 * @returns `stage(name, work, needs)` and `finish()`.
 *   `work` is an async function that returns `{ ok, output }` and, optionally, `{ passed, failed, notes }`: counts of
 *   its own items and lines worth showing though nothing failed. `needs` lists names of stages.
 *   `finish` prints the plain last line `N passed, M failed` and sets the exit code.
 */
export function createStages(print = (line) => console.log(line)) {
  const succeeded = new Set();
  let passed = 0;
  let failed = 0;

  async function attempt(work) {
    try {
      return await work();
    } catch (error) {
      return { ok: false, output: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }

  async function stage(name, work, needs = []) {
    const missing = needs.filter((need) => !succeeded.has(need));
    if (missing.length > 0) {
      failed += 1;
      print(`FAIL  ${name}: not run, it needs ${missing.join(', ')}`);
      return;
    }
    const started = performance.now();
    const result = await attempt(work);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    passed += (result.passed ?? 0) + (result.ok ? 1 : 0);
    failed += (result.failed ?? 0) + (result.ok ? 0 : 1);
    if (result.ok) succeeded.add(name);
    else if (result.output) print(result.output.trimEnd());
    for (const note of result.notes ?? []) print(`      ${note}`);
    print(`${result.ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`);
  }

  function finish() {
    print(`${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  }

  return { stage, finish };
}
