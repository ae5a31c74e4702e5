/**
 * `npm run boundaries`: prints every place that breaks the rules of docs/architecture.md, and whether its diagram is out of date; exit code
 * 1 if there is one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, packageImports, withDiagram } from './lib/imports.mjs';
import { findViolations } from './lib/text-rules.mjs';
import { root } from './lib/workspace.mjs';

const { violations, modules } = await cruise();
const all = [...findViolations(root), ...violations];
const document = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
if (withDiagram(document, packageImports(modules)) !== document)
  all.push('docs/architecture.md: the diagram is not what the code imports. Run: npm run diagram');
for (const violation of all) console.log(violation);
console.log(all.length === 0 ? 'boundaries: all kept' : `boundaries: ${all.length} broken`);
process.exitCode = all.length === 0 ? 0 : 1;
