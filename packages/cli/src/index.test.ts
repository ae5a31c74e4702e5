import { expect, it } from 'vitest';

import * as cli from './index.js';

it('exports this 1 name and no others', () => {
  expect(Object.keys(cli)).toEqual(['runCpc']);
});
