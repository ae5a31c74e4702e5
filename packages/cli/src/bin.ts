#!/usr/bin/env node
import { exitCodes } from './errors.js';
import { runCpc } from './run-cpc.js';
import { endAtOnce } from './terminal/interrupts.js';
import { watchTerminals } from './terminal/lost-terminal.js';

/** How long a thread that was ended may keep the process, which waits for what a native decoder is at. */
const threadMilliseconds = 200;

const endIfTerminalIsGone = watchTerminals();
process.exitCode = await runCpc(process.argv.slice(2));
endIfTerminalIsGone();
if (process.exitCode === exitCodes.interrupted) setTimeout(endAtOnce, threadMilliseconds).unref();
