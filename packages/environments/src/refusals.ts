/** What every environment refuses in the same words. */
import { CpcArgumentError } from '@cpc/base';
import type { EnvironmentSpec } from './environment.js';

const mostCopies = 65_536;

/** @throws {CpcArgumentError} unless there is at least one copy, and not more than anyone can mean. */
export function requireCopies(where: string, received: number): void {
  if (Number.isInteger(received) && received >= 1 && received <= mostCopies) return;
  const expected = `copies to be a whole number from 1 to ${mostCopies}`;
  throw new CpcArgumentError({ where, argument: 'copies', expected, received });
}

/** @throws {CpcArgumentError} unless there is one action for every copy, each of those that the specification names. */
export function requireActions(name: string, spec: EnvironmentSpec, copies: number, actions: Int32Array): void {
  const where = `${name}.step`;
  if (actions.length !== copies) {
    const expected = `an action for each of ${copies} copies`;
    throw new CpcArgumentError({ where, argument: 'actions', expected, received: `${actions.length} actions` });
  }
  const most = spec.actions.length - 1;
  const wrong = actions.find((action) => action < 0 || action > most);
  if (wrong === undefined) return;
  const expected = `actions from 0 to ${most} (${spec.actions.join(', ')})`;
  throw new CpcArgumentError({ where, argument: 'actions', expected, received: wrong });
}
