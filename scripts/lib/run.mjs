/**
 * Starts a program and waits for it.
 *
 * What npm tells the scripts it runs (its own prefix, the name of the package) is kept from the program: a second npm,
 * started in another folder, would otherwise take it as meant for itself. Registry and cache settings pass through.
 */
import { spawn } from 'node:child_process';

const OURS_ALONE = /^(npm_(package_|lifecycle_|command$|execpath$|config_local_prefix$|config_prefix$)|INIT_CWD$)/i;

function cleanEnvironment(extra) {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS_ALONE.test(name));
  return { ...Object.fromEntries(inherited), ...extra };
}

/**
 * @param command - a program found on the path, or shell text with `shell`.
 * @param options - `cwd`; `env` to add; `timeoutSeconds`; `shell`; `output`: `'capture'` (default) returns what it
 *   printed, `'stderr'` passes it on to this program's stderr, so that stdout stays free for results.
 * @returns the exit code and, when captured, stdout and stderr as one text in the order they came. Never throws: a
 *   program that cannot be started has exit code 127.
 */
export function run(command, args, options = {}) {
  const { cwd, env, timeoutSeconds, shell = false, output = 'capture' } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      shell,
      env: cleanEnvironment(env),
      stdio: output === 'stderr' ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
      timeout: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    });
    let text = '';
    const append = (chunk) => {
      text += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', append);
    child.stderr?.setEncoding('utf8').on('data', append);
    child.on('error', (error) => resolve({ code: 127, text: `${text}${command}: ${error.message}\n` }));
    child.on('close', (code, signal) => {
      if (signal !== null) append(`\nstopped by ${signal}${timeoutSeconds ? ` (limit ${timeoutSeconds} s)` : ''}\n`);
      resolve({ code: code ?? 1, text });
    });
  });
}

/** Runs a script with this very Node; options and result are those of `run`. */
export function runNode(script, args, options) {
  return run(process.execPath, [script, ...args], options);
}
