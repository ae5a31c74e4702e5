import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFences, codeFences, documents } from './code-fences.mjs';
import { root } from './workspace.mjs';

const mark = '```';
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fences-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function document(text) {
  const path = join(folder, 'README.md');
  writeFileSync(path, text);
  return path;
}

it('finds 2 fences of 4, one of them a fragment, with the lines of their code', () => {
  const text = `# x\n\n${mark}ts\n1;\n${mark}\n${mark}sh\nls\n${mark}\n${mark}js fragment\n2;\n${mark}\n${mark}json\n{}\n${mark}\n`;
  expect(codeFences(text)).toEqual([
    { line: 4, code: '1;\n', isFragment: false },
    { line: 10, code: '2;\n', isFragment: true },
  ]);
});

it('reports an index that may be undefined in line 5 of the document', async () => {
  const path = document(`# x\n\n${mark}js runnable\nconst words = ['a'];\nwords[0].length;\n${mark}\n`);
  const { ok, output } = await checkFences(folder, [path]);
  expect(ok).toBe(false);
  expect(output).toContain(`${relative(root, path)}:5:1: error TS2532`);
});

it('accepts 1 whole fence, and does not look at a fragment', async () => {
  const path = document(
    `${mark}ts\nexport const one: number = 1;\n${mark}\n\n${mark}ts fragment\nmissing();\n${mark}\n`,
  );
  expect(await checkFences(folder, [path])).toEqual({ ok: true, output: '1 code fences\n' });
});

it('fails where there is no fence: 0 checked is nothing checked', async () => {
  expect((await checkFences(folder, [document('# x\n')])).ok).toBe(false);
});

it('looks at the READMEs of root and 8 packages', () => {
  expect(documents().filter((path) => path.endsWith('README.md')).length).toBeGreaterThanOrEqual(9);
});
