/** `npm run boundaries`: prints every place that breaks the rules of docs/architecture.md; exit code 1 if there is one. */
import { findViolations } from './lib/boundaries.mjs';
import { root } from './lib/workspace.mjs';

const violations = findViolations(root);
for (const violation of violations) console.log(violation);
console.log(violations.length === 0 ? 'boundaries: all kept' : `boundaries: ${violations.length} broken`);
process.exitCode = violations.length === 0 ? 0 : 1;
