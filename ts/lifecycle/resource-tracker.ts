/**
 * What has a name in the system outlives every process, so a small process is told of it, the
 * resource tracker, which unlinks what is left when the root of the tree of processes has ended,
 * however it did. It is started when it is first needed, and runs no JavaScript: it is this very
 * program, with the addon preloaded, which takes over before `main()`.
 */
import { ProcessError } from '../errors.js';
import { native } from '../native/binding.js';
import { EPIPE } from '../native/system-error.js';

/**
 * From now on the segment is unlinked at the end of the tree.
 * @throws {ProcessError} when there can be no tracker.
 */
export function trackSegment(name: string, inode: number): void {
  const status = native.trackSegment(name, inode);
  if (status === 0) return;
  if (status === EPIPE) warnOfDeath();
  startTracker();
  if (native.trackSegment(name, inode) !== 0) throw notTracked(name);
}

/** The segment is unlinked. */
export function forgetSegment(name: string): void {
  native.forgetSegment(name);
}

function startTracker(): void {
  try {
    native.startTracker(process.execPath, argumentsOfTracker(), environmentOfTracker());
  } catch (cause) {
    throw new ProcessError(
      'The resource tracker, which is to unlink shared memory when this program is killed, cannot ' +
        'be started. `track: false` does without it',
      { cause },
    );
  }
}

/**
 * Where the loader of the system preloads nothing, as for a program with capabilities, Node runs these:
 * the tracker then takes over when the addon is loaded, and is as large as a Node that has just begun.
 */
function argumentsOfTracker(): string[] {
  const load = 'process.dlopen({ exports: {} }, process.argv[1])';
  return ['multiprocessing-resource-tracker', '-e', load, native.addonPath()];
}

function environmentOfTracker(): string[] {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const addon = native.addonPath();
  // Paths that hold one of these cannot be among those of LD_PRELOAD.
  if (!/[ :]/.test(addon)) {
    const others = environment['LD_PRELOAD'];
    environment['LD_PRELOAD'] = others ? `${others}:${addon}` : addon;
  }
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function warnOfDeath(): void {
  process.emitWarning(
    'The resource tracker died unexpectedly and is started again. Shared memory that was created ' +
      'before must be unlinked by the program',
    { code: 'MP_TRACKER_DIED', type: 'MultiprocessingWarning' },
  );
}

function notTracked(name: string): ProcessError {
  return new ProcessError(`The resource tracker does not take the shared memory '${name}'`);
}
