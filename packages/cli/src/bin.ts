#!/usr/bin/env node
import { runCpc } from './run-cpc.js';
import { watchTerminals } from './terminal/lost-terminal.js';

const endIfTerminalIsGone = watchTerminals();
process.exitCode = await runCpc(process.argv.slice(2));
endIfTerminalIsGone();
