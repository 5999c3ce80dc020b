/**
 * Entry point of a process started by `spawn`. Reads its SpawnMessage from descriptor 3, and runs what
 * it says. An end of file before that means that the parent is gone.
 */
import { EOFError } from '../errors.js';
import { native } from '../native/binding.js';
import '../serialization/pickle.js';
import { Connection } from '../transport/connection.js';
import { runChild } from './bootstrap.js';
import { setCurrent } from './current.js';
import type { Runnable } from './launcher.js';
import { attachState } from './process-state.js';
import { CHANNEL_FD, type SpawnMessage } from './spawn-protocol.js';

void main();

async function main(): Promise<void> {
  const message = await receiveMessage();
  const { config } = message;
  native.dieWithParent(config.parentPid);
  process.argv.splice(1, process.argv.length, ...message.argv.slice(1));
  const self = rebuildProcess(message);
  const adopt = () => setCurrent(self, config.parentName, config.parentPid);
  await runChild({ config, process: self, adopt });
}

async function receiveMessage(): Promise<SpawnMessage> {
  const channel = Connection.fromFd(CHANNEL_FD, { writable: false });
  try {
    return await channel.recv<SpawnMessage>();
  } catch (error) {
    if (error instanceof EOFError) process.exit(1);
    throw error;
  } finally {
    channel.close();
  }
}

function rebuildProcess({ config, processClass, target, args, fields }: SpawnMessage): Runnable {
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
  return Object.assign(self, fields);
}
