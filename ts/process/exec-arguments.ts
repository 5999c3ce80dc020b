/**
 * Node's options that a child gets from its parent: all that shape how modules are found and run
 * (loaders, conditions, source maps, memory limits), none that say what to run or that only one
 * process can have (a debugger's port, the name of a file for a profile).
 */

// Options whose value may be the next argument.
const DROPPED_WITH_VALUE = new Set([
  '-e',
  '--eval',
  '-p',
  '--print',
  '-pe',
  '--input-type',
  '--run',
  '--inspect-port',
  '--inspect-publish-uid',
  '--debug-port',
  '--cpu-prof-name',
  '--heap-prof-name',
]);
const DROPPED = new Set([
  '-c',
  '--check',
  '-i',
  '--interactive',
  '--test',
  '--experimental-test-coverage',
  '--watch',
  '--watch-path',
  '--watch-preserve-output',
  '-',
]);
const DROPPED_PREFIXES = ['--inspect', '--no-inspect', '--debug', '--test-', '--watch-path='];

export function inheritedArguments(execArgv: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const argument = execArgv[i]!;
    const [name] = argument.split('=', 1) as [string];
    if (DROPPED_WITH_VALUE.has(name)) {
      if (!argument.includes('=') && !execArgv[i + 1]?.startsWith('-')) i++;
    } else if (!isDropped(argument)) {
      kept.push(argument);
    }
  }
  return kept;
}

function isDropped(argument: string): boolean {
  return DROPPED.has(argument) || DROPPED_PREFIXES.some((prefix) => argument.startsWith(prefix));
}
