import { expect, it } from 'vitest';

import * as cli from './index.js';

it('exports these 2 names and no others', () => {
  expect(Object.keys(cli)).toEqual(['runCommands', 'runCpc']);
});
