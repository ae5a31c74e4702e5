import { expect, it } from 'vitest';
import { persistedCredentials, unpinnedActions, workflows } from './workflows.mjs';

const commit = '34e114876b0b11c390a56381ad16ebd13914f8d5';
const all = workflows();

it('reads the 4 workflows', () => {
  expect(all.map(({ name }) => name).sort()).toEqual(['benchmarks.yml', 'ci.yml', 'nightly.yml', 'release.yml']);
});

it.each(all)('$name has 0 actions that are not pinned by commit, with their version behind', ({ text }) => {
  expect(unpinnedActions(text)).toEqual([]);
});

it.each(all)('$name leaves 0 tokens in a checkout', ({ text }) => {
  expect(persistedCredentials(text)).toBe(0);
});

it.each([
  'uses: actions/checkout@v4',
  'uses: actions/checkout@main # v4.3.1',
  `uses: actions/checkout@${commit}`,
  `uses: actions/checkout@${commit.slice(0, 39)} # v4.3.1`,
  `uses: actions/checkout@${commit} # v4`,
  'uses: actions/checkout',
  'uses: docker://alpine:3',
])('refuses %s', (line) => {
  expect(unpinnedActions(`    steps:\n      - ${line}\n`)).toHaveLength(1);
  expect(unpinnedActions(`    steps:\n      - name: x\n        ${line}\n`)).toHaveLength(1);
});

it('accepts a commit of 40 digits with a version, and an action of this repository', () => {
  expect(unpinnedActions(`- uses: actions/checkout@${commit} # v4.3.1\n- uses: ./.github/actions/own\n`)).toEqual([]);
});

it('counts 1 checkout of 2 that keeps its token', () => {
  const checkout = `- uses: actions/checkout@${commit} # v4.3.1\n`;
  expect(persistedCredentials(`${checkout}  with: { persist-credentials: false }\n${checkout}- run: npm test\n`)).toBe(
    1,
  );
});

it('gives secrets to the job of the release that publishes, after tests that have none', () => {
  const { text } = all.find(({ name }) => name === 'release.yml');
  const [, test, publish] = text.split(/^ {2}(?:test|publish):$/m);
  expect(test).toContain('run: npm test');
  expect(test).not.toMatch(/secrets\.|: write/);
  expect(publish).toContain('needs: test');
  expect(publish).not.toContain('npm test');
  expect(publish.match(/secrets\.NPM_TOKEN/g)).toHaveLength(1);
});
