import { expect, it } from 'vitest';
import { defineTask } from './command.js';
import { flag, optional, required, withDefault } from './option.js';
import { commandReference } from './reference.js';
import { choice, text, wholeNumber } from './values.js';

it('names 1 command with its example and 4 options: required, chosen, defaulted, without value', () => {
  const command = defineTask({
    name: 'count',
    summary: 'count the rows',
    options: {
      of: required(text, { placeholder: '<name>', help: 'what to count' }),
      unit: optional(choice(['row', 'word']), { placeholder: '<u>', help: 'a|b', choices: ['row', 'word'] }),
      mostRows: withDefault(wholeNumber(1), 7, { placeholder: '<n>', help: 'stop here' }),
      fast: flag('guess'),
    },
    examples: ['--of x'],
    prepare: (given) => given,
    run: async function* () {},
  });
  expect(commandReference({ summary: 'a toy', commands: [command] }, 'cpc toy')).toBe(`## cpc toy

A toy.

### cpc toy count

Count the rows.

\`\`\`sh
cpc toy count --of x
\`\`\`

| option | meaning |
|---|---|
| \`--of <name>\` | what to count (required) |
| \`--unit <u>\` | a\\|b (one of row, word) |
| \`--most-rows <n>\` | stop here (default: 7) |
| \`--fast\` | guess |
`);
});
