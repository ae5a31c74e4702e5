/** `npm run diagram`: draws the packages and their imports into docs/architecture.md, from the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, packageImports, withDiagram } from './lib/imports.mjs';
import { root } from './lib/workspace.mjs';

const file = join(root, 'docs/architecture.md');
const { modules } = await cruise();
writeFileSync(file, withDiagram(readFileSync(file, 'utf8'), packageImports(modules)));
