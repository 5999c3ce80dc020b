/**
 * Entry point of a process started by `spawn`. Reads its SpawnEnvelope from descriptor 3, and runs what
 * it says. An end of file before that means that the parent is gone.
 */
import { EOFError } from '../errors.js';
import { native } from '../native/binding.js';
import { decode, importModules } from '../serialization/pickle.js';
import { Connection } from '../transport/connection.js';
import { perform, prepareChild, runWork } from './bootstrap.js';
import { setCurrent } from './current.js';
import type { ProcessDescription, Runnable } from './launcher.js';
import { importMainModule } from './main-module.js';
import { Process } from './process.js';
import { attachState } from './process-state.js';
import { CHANNEL_FD, type SpawnEnvelope } from './spawn-protocol.js';
import { becomeChild, type ChildConfig } from './this-process.js';

void main();

async function main(): Promise<void> {
  const { envelope, handles } = await receive();
  const { config, argv, modules, message } = envelope;
  native.dieWithParent(config.parentPid);
  process.argv.splice(1, process.argv.length, ...argv.slice(1));
  const { name, parentName, parentPid, mainModule } = config;
  // Before any module of the program is loaded: it may ask whose process this is.
  becomeChild(config);
  prepareChild(name);
  setCurrent(makeProcess(Process, config), parentName, parentPid);
  if (mainModule !== null)
    await perform(name, 'the main module', () => importMainModule(mainModule));
  const self = await perform(name, 'a module', async () => {
    await importModules(modules);
    return rebuildProcess(config, decode(message, { handles }) as ProcessDescription);
  });
  await runWork({ config, process: self, adopt: () => setCurrent(self, parentName, parentPid) });
}

async function receive(): Promise<{ envelope: SpawnEnvelope; handles: number[] }> {
  const channel = Connection.fromFd(CHANNEL_FD, { writable: false });
  try {
    const { body, handles } = await channel.recvFrame();
    return { envelope: decode(body) as SpawnEnvelope, handles };
  } catch (error) {
    if (error instanceof EOFError) process.exit(1);
    throw error;
  } finally {
    channel.close();
  }
}

function rebuildProcess(
  config: ChildConfig,
  { processClass, target, args, fields }: ProcessDescription,
): Runnable {
  const self = makeProcess(processClass, config, target, args);
  return Object.assign(self, fields);
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
    authkey: config.authkey,
    target,
    args,
    phase: 'started',
    starting: undefined,
    handle: undefined,
  });
  return self;
}
