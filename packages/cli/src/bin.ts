#!/usr/bin/env node
import { runCpc } from './run-cpc.js';

process.exitCode = await runCpc(process.argv.slice(2));
