/** @cpc/cli: the command `cpc` as a function. */
export { runCpc } from './run-cpc.js';
