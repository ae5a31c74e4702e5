/**
 * Runs one of our own programs as if it had been called itself: same terminal, same folder, same exit code.
 *
 * Ctrl-C reaches the program straight from the terminal, and this process only has to outlive it. Without a terminal an
 * interrupt comes to npm alone, which hands it on to us, and we hand it on once: a second one would mean "at once".
 */
import { spawn } from 'node:child_process';

function handOn(child) {
  let interruptHandedOn = false;
  process.on('SIGINT', () => {
    if (process.stdin.isTTY || interruptHandedOn) return;
    interruptHandedOn = true;
    child.kill('SIGINT');
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
}

/** @returns the program's exit code; 128 + 2 or 15 when a signal ended it. */
export function runInForeground(script, args) {
  // npm moves to the repository's root; INIT_CWD is where the user stands, and what their paths are relative to.
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit', cwd: process.env.INIT_CWD });
  handOn(child);
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
