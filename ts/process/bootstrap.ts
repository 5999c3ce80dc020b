/** What every child does with its work, however it was started. */
import { inspect } from 'node:util';
import { info } from '../logging/emit.js';
import { installExitHandling } from './exit.js';
import { openInspector } from './inspector.js';
import type { LaunchRequest, Runnable } from './launcher.js';
import { makeOutputSynchronous, writeError } from './stdio.js';
import { type ChildConfig, ownConfig } from './this-process.js';
import { showTitle } from './title.js';
import { watchForUnsettledWork } from './unsettled.js';

/** The members of `process` that are used here. */
export type ThisProcess = NodeJS.EventEmitter &
  Pick<NodeJS.Process, 'exitCode' | 'stdout' | 'stderr' | 'title'>;

export type ChildWork = Pick<LaunchRequest, 'config' | 'process' | 'adopt'>;

/**
 * Runs the work. The child then goes on until its event loop is empty, as a Node program does.
 * @param self - The process that this is; a rehearsal gives a stand-in.
 */
export async function runChild(work: ChildWork, self: ThisProcess = process): Promise<void> {
  const { program, name } = work.config;
  showTitle(program, name, self);
  prepareChild(self);
  await runWork(work, self);
}

/** The same in a child that is prepared. */
export async function runWork(
  { config, process: work, adopt }: ChildWork,
  self: ThisProcess = process,
): Promise<void> {
  adopt();
  await perform(config.name, 'the target', () => run(config, work), self);
}

function run({ inspector }: ChildConfig, work: Runnable): unknown {
  if (inspector === undefined) return callRun(work);
  return openInspector(inspector).then(() => callRun(work));
}

function callRun(work: Runnable): unknown {
  info('child process calling self.run()');
  return work.run();
}

/** Before any code of the program's runs in a child. */
export function prepareChild(self: ThisProcess = process): void {
  makeOutputSynchronous(self);
  installExitHandling(self);
  self.prependListener('uncaughtExceptionMonitor', reportUncaught);
}

/**
 * Does a part of what a child has to do. When that throws, or can never settle, the process ends, and
 * tells why on stderr.
 */
export async function perform<T>(
  name: string,
  what: string,
  part: () => T,
  self: ThisProcess = process,
): Promise<Awaited<T>> {
  const settled = watchForUnsettledWork(self, () =>
    writeError(`Process ${name}: ${what} awaits something that nothing is left to settle`),
  );
  try {
    const result = await part();
    settled();
    return result;
  } catch (error) {
    report(name, error);
    process.exit(1);
  }
}

// Node would print such an error only after the exit listeners, so not at all in a forked child, which
// leaves there.
function reportUncaught(error: unknown): void {
  const isHandled =
    process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
  if (isHandled) return;
  report(ownConfig()?.name ?? process.title, error);
  process.exit(1);
}

/** Tells on stderr what ended the process, as Python does. */
export function report(name: string, error: unknown): void {
  const text = error instanceof Error ? inspect(error) : `Uncaught ${inspect(error)}`;
  writeError(`Process ${name}:\n${text}`);
}
