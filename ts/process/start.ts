/** Starts a process for its object, and keeps what comes of it. */
import { arenaDescriptor } from '../arena/participant.js';
import { setNameSource } from '../logging/emit.js';
import { describeLogging } from '../logging/logger.js';
import { native } from '../native/binding.js';
import { importedMain } from '../serialization/pickle.js';
import { ChildHandle } from './child-handle.js';
import { addChild, removeChild } from './children.js';
import { currentOrNone, setCurrent } from './current.js';
import { type ProcessEvent, tellExit, tellStart, traceStart } from './diagnostics.js';
import { releaseInspectorAddress, takeInspectorAddress } from './inspector.js';
import type { Launched, Launcher, LaunchRequest, Runnable } from './launcher.js';
import { describeClass } from './own-classes.js';
import { type ProcessState, stateOf } from './process-state.js';
import type { ChildConfig, StartMethod } from './this-process.js';
import { ownProgram } from './title.js';

export function startProcess(
  self: Runnable,
  state: ProcessState,
  launcher: Launcher,
): Promise<void> {
  const { name, daemon } = state;
  const startMethod = launcher.method;
  const event: ProcessEvent = { process: self, name, startMethod, daemon, pid: undefined };
  const request = toRequest(self, state, startMethod);
  state.phase = 'starting';
  // Now: whoever makes it later shares it with nobody who is there already.
  arenaDescriptor();
  return traceStart(event, async () => {
    try {
      keep(await launcher.launch(request), request, state, event);
    } catch (error) {
      state.phase = 'initial';
      state.starting = undefined;
      releaseInspectorAddress(request.config.inspector);
      throw error;
    }
  });
}

function keep(
  launched: Launched,
  { config, process: self }: LaunchRequest,
  state: ProcessState,
  event: ProcessEvent,
): void {
  const handle = new ChildHandle(launched, (exitCode) => {
    launched.ended?.();
    removeChild(child);
    releaseInspectorAddress(config.inspector);
    // What it referred to in the arena is freed now, not at some time.
    native.sweepArena();
    tellExit(event, exitCode);
    self.ended?.(exitCode);
  });
  const child = { daemon: state.daemon, detached: state.detached, handle, process: self };
  event.pid = handle.pid;
  state.handle = handle;
  state.phase = 'started';
  // The child has them now; here they would only keep memory.
  state.target = undefined;
  state.args = [];
  addChild(child);
  tellStart(event);
}

function toRequest(self: Runnable, state: ProcessState, startMethod: StartMethod): LaunchRequest {
  const config: ChildConfig = {
    name: state.name,
    identity: state.identity,
    daemon: state.daemon,
    detached: state.detached,
    nests: state.nests,
    authkey: state.authkey,
    parentPid: process.pid,
    rootPid: native.treeRoot(),
    parentName: nameOfThisProcess(),
    program: ownProgram(),
    startMethod,
    mainModule: importedMain() ?? null,
    inspector: takeInspectorAddress(),
    logging: describeLogging(),
  };
  return {
    config,
    process: self,
    adopt: () => setCurrent(self, config.parentName, config.parentPid),
    describe: () => ({
      processClass: describeClass(self.constructor),
      target: state.target,
      args: state.args,
      fields: Object.getPrototypeOf(self) === self.constructor.prototype ? { ...self } : {},
    }),
  };
}

setNameSource(nameOfThisProcess);

function nameOfThisProcess(): string {
  const current = currentOrNone();
  return current === undefined ? 'MainProcess' : stateOf(current).name;
}
