/** What the workflows in .github must keep to, so that nobody else's tag or token reaches a release. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const folder = join(root, '.github/workflows');

/** @returns `{ name, text }` of every workflow. */
export function workflows() {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

const use = /^\s*(?:-\s+)?uses:\s*(?<action>\S+)(?<comment>.*)$/gm;
const pinned = /^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40}$/;
const version = /^ # v\d+\.\d+\.\d+$/;

/** Lines that use an action by a tag or a branch, or by a commit without the version it is. */
export function unpinnedActions(text) {
  const uses = [...text.matchAll(use)];
  const isPinned = ({ groups }) =>
    groups.action.startsWith('./') || (pinned.test(groups.action) && version.test(groups.comment));
  return uses.filter((match) => !isPinned(match)).map(([line]) => line.trim());
}

/** How many checkouts leave their token in the working copy's git settings. */
export function persistedCredentials(text) {
  const steps = text.split(/^\s*- (?=uses:|run:|name:|id:|if:)/m);
  return steps.filter((step) => /uses:\s*actions\/checkout@/.test(step) && !/persist-credentials: false/.test(step))
    .length;
}
