import { describe, expect, it } from 'vitest';
import { movesCursor } from './progress.js';
import { progressLine } from './progress-line.js';

const state = {
  fraction: 0.41,
  text: 'step 12345/30000',
  further: ['loss 2.314 nats', 'accuracy k1 41.2 % k12 20.0 %', 'bound 1.245 nats', '85.2 examples/s'],
  left: '3 min 12 s left',
};

describe('a progress line', () => {
  it('ends with the time left at 300, 120, 80, 60, 40 and 25 columns, and fits', () => {
    for (const columns of [300, 120, 80, 60, 40, 25]) {
      const line = progressLine(state, columns);
      expect(line.length).toBeLessThan(columns);
      expect(line.endsWith('3 min 12 s left')).toBe(true);
    }
  });

  it('shows at 80 columns bar, step, 1 figure and time left, at 40 no bar', () => {
    const bar = '█'.repeat(8) + '░'.repeat(12);
    expect(progressLine(state, 80)).toBe(`${bar} 41 %  step 12345/30000  loss 2.314 nats  3 min 12 s left`);
    expect(progressLine(state, 40)).toBe('41 %  step 12345/30000  3 min 12 s left');
  });

  it('shows all 4 figures where there is room', () => {
    for (const figure of state.further) expect(progressLine(state, 200)).toContain(figure);
  });

  it('never exceeds 1 to 30 columns, nor moves the cursor for a label', () => {
    for (let columns = 1; columns <= 30; columns++) {
      expect(progressLine(state, columns).length).toBeLessThanOrEqual(Math.max(columns, 8));
    }
    expect(progressLine({ text: 'a\x1b[2J\n3/4' }, 80)).toBe('a\\x1b[2J\\n3/4');
  });
});

it('moves the cursor in 1 of 6 surroundings: a terminal that can, of a person who lets it', () => {
  const terminal = { isTTY: true };
  expect(movesCursor(terminal, { TERM: 'xterm-256color', NO_COLOR: '', CI: 'false' })).toBe(true);
  const plain = [{ TERM: 'dumb' }, { NO_COLOR: '1' }, { CI: 'true' }, { CI: '1', TERM: 'xterm' }];
  for (const env of plain) expect(movesCursor(terminal, env)).toBe(false);
  expect(movesCursor({ isTTY: false }, { TERM: 'xterm' })).toBe(false);
});
