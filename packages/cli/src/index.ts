/** @cpc/cli: the command `cpc` as a function, and the same for commands that are declared elsewhere. */
export { type CommandsSource, runCommands, runCpc } from './run-cpc.js';
