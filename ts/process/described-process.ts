/** Child side of the start methods that share no memory: becomes what it was told to be, and runs. */
import { signReceipt } from '../arena/receipt.js';
import { native } from '../native/binding.js';
import { decode, importModules } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import { perform, prepareChild, runWork } from './bootstrap.js';
import type { Introduction } from './child-messages.js';
import { type ParentHandle, setCurrent } from './current.js';
import type { ReceivedAssignment } from './instructions.js';
import type { ProcessDescription, Runnable } from './launcher.js';
import { importMainModule } from './main-module.js';
import { outliveParent } from './outlive-parent.js';
import { classOf } from './own-classes.js';
import { Process } from './process.js';
import { attachState } from './process-state.js';
import { becomeChild, type ChildConfig } from './this-process.js';
import { showTitle } from './title.js';

/** From now on the process is its parent's, or nobody's. Closes the channel. */
export function belongTo(channel: Connection, { detached }: ChildConfig): void {
  // The parent does not count on it before the channel is closed.
  if (detached) outliveParent();
  channel.close();
}

/** What can be done before it is known who the process will be. Runs no code of the program. */
export function adaptTo({ argv, forkserver }: Introduction): void {
  process.argv.splice(1, process.argv.length, ...argv.slice(1));
  if (forkserver !== null) native.setSharedRecord(forkserver);
  prepareChild();
}

/**
 * Before any module of the program is loaded: it may ask whose process this is.
 * @param parent - A pidfd, where the parent is not the one that the system knows.
 */
export function becomeDescribed(config: ChildConfig, parent?: ParentHandle): void {
  becomeChild(config);
  showTitle(config.program, config.name, process);
  setCurrent(makeProcess(Process, config), config.parentName, config.parentPid, parent);
}

/** Runs the process. */
export async function runDescribed(
  config: ChildConfig,
  assignment: ReceivedAssignment,
  parent?: ParentHandle,
): Promise<void> {
  const { name, parentName, parentPid, mainModule } = config;
  if (mainModule !== null)
    await perform(name, 'the main module', () => importMainModule(mainModule));
  const self = await perform(name, 'a module', () => unpickleProcess(config, assignment));
  const adopt = () => setCurrent(self, parentName, parentPid, parent);
  await runWork({ config, process: self, adopt });
}

/** Puts the process object together again. */
export async function unpickleProcess(
  config: ChildConfig,
  { modules, message, receipt, handles }: Omit<ReceivedAssignment, 'particulars'>,
): Promise<Runnable> {
  await importModules(modules);
  const description = decode(message, { handles }) as ProcessDescription;
  if (receipt !== null) signReceipt(receipt);
  return rebuildProcess(config, description);
}

function rebuildProcess(
  config: ChildConfig,
  { processClass, target, args, fields }: ProcessDescription,
): Runnable {
  return Object.assign(makeProcess(classOf(processClass), config, target, args), fields);
}

function makeProcess(
  processClass: Function,
  config: ChildConfig,
  target?: Function,
  args: readonly unknown[] = [],
): Runnable {
  const self: Runnable = Object.create(processClass.prototype);
  attachState(self, {
    creatorPid: config.parentPid,
    identity: config.identity,
    name: config.name,
    daemon: config.daemon,
    detached: config.detached,
    nests: config.nests,
    authkey: config.authkey,
    target,
    args,
    phase: 'started',
    starting: undefined,
    handle: undefined,
  });
  return self;
}
