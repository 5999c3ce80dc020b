/** Child side of the start methods that share no memory: reads what this process is, and runs it. */
import { signReceipt } from '../arena/receipt.js';
import { EOFError } from '../errors.js';
import { native } from '../native/binding.js';
import { decode, importModules } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import { CutOffError } from '../transport/frame.js';
import { perform, prepareChild, runWork } from './bootstrap.js';
import { type ParentHandle, setCurrent } from './current.js';
import { decodeEnvelope, type SpawnEnvelope } from './envelope.js';
import type { ProcessDescription, Runnable } from './launcher.js';
import { importMainModule } from './main-module.js';
import { outliveParent } from './outlive-parent.js';
import { classOf } from './own-classes.js';
import { Process } from './process.js';
import { attachState } from './process-state.js';
import { adoptArena } from './spawn-protocol.js';
import { becomeChild, type ChildConfig } from './this-process.js';

export interface ReceivedProcess {
  readonly envelope: SpawnEnvelope;
  readonly handles: number[];
}

/** Ends this process when the parent ended before it had sent all. */
export async function receiveEnvelope(channel: Connection): Promise<ReceivedProcess> {
  const { body, handles } = await receiveOrEnd(channel);
  const envelope = decodeEnvelope(body);
  if (envelope.hasArena) adoptArena(handles.pop()!);
  return { envelope, handles };
}

/** Resolves when the work may begin. Ends this process when that is never to be. */
export async function permission(channel: Connection): Promise<void> {
  await receiveOrEnd(channel);
}

async function receiveOrEnd(channel: Connection) {
  try {
    return await channel.recvFrame();
  } catch (error) {
    if (error instanceof EOFError || error instanceof CutOffError) process.exit(1);
    throw error;
  }
}

/** From now on the process is its parent's, or nobody's. Closes the channel. */
export function belongTo(channel: Connection, { envelope }: ReceivedProcess): void {
  // The parent does not count on it before the channel is closed.
  if (envelope.config.detached) outliveParent();
  channel.close();
}

/** `parent`: a pidfd, where the parent is not the one that the system knows. Runs no code of the program. */
export function becomeDescribed({ envelope }: ReceivedProcess, parent?: ParentHandle): void {
  const { config, argv, forkserver } = envelope;
  process.argv.splice(1, process.argv.length, ...argv.slice(1));
  if (forkserver !== null) native.setSharedRecord(forkserver);
  // Before any module of the program is loaded: it may ask whose process this is.
  becomeChild(config);
  prepareChild(config);
  setCurrent(makeProcess(Process, config), config.parentName, config.parentPid, parent);
}

/** Runs the process. */
export async function runDescribed(
  received: ReceivedProcess,
  parent?: ParentHandle,
): Promise<void> {
  const { config } = received.envelope;
  const { name, parentName, parentPid, mainModule } = config;
  if (mainModule !== null)
    await perform(name, 'the main module', () => importMainModule(mainModule));
  const self = await perform(name, 'a module', () => unpickleProcess(received));
  const adopt = () => setCurrent(self, parentName, parentPid, parent);
  await runWork({ config, process: self, adopt });
}

/** Puts the process object together again. */
export async function unpickleProcess({ envelope, handles }: ReceivedProcess): Promise<Runnable> {
  const { config, modules, message, receipt } = envelope;
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
