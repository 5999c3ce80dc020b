/** Starts a process for its object, and keeps what comes of it. */
import { ChildHandle } from './child-handle.js';
import { addChild, removeChild } from './children.js';
import { currentOrNone, setCurrent } from './current.js';
import { releaseInspectorAddress, takeInspectorAddress } from './inspector.js';
import type { Launched, Launcher, LaunchRequest, Runnable } from './launcher.js';
import { type ProcessState, stateOf } from './process-state.js';
import type { ChildConfig, StartMethod } from './this-process.js';
import { ownProgram } from './title.js';

export async function startProcess(
  self: Runnable,
  state: ProcessState,
  launcher: Launcher,
): Promise<void> {
  state.phase = 'starting';
  const request = toRequest(self, state, launcher.method);
  let launched: Launched;
  try {
    launched = await launcher.launch(request);
  } catch (error) {
    state.phase = 'initial';
    state.starting = undefined;
    releaseInspectorAddress(request.config.inspector);
    throw error;
  }
  const handle = new ChildHandle(launched, () => {
    removeChild(child);
    releaseInspectorAddress(request.config.inspector);
  });
  const child = { daemon: state.daemon, handle, process: self };
  state.handle = handle;
  state.phase = 'started';
  // The child has them now; here they would only keep memory.
  state.target = undefined;
  state.args = [];
  addChild(child);
}

function toRequest(self: Runnable, state: ProcessState, startMethod: StartMethod): LaunchRequest {
  const config: ChildConfig = {
    name: state.name,
    identity: state.identity,
    daemon: state.daemon,
    authkey: state.authkey,
    parentPid: process.pid,
    parentName: nameOfThisProcess(),
    program: ownProgram(),
    startMethod,
    inspector: takeInspectorAddress(),
  };
  return {
    config,
    process: self,
    adopt: () => setCurrent(self, config.parentName, config.parentPid),
    describe: () => ({
      processClass: self.constructor,
      target: state.target,
      args: state.args,
      fields: Object.getPrototypeOf(self) === self.constructor.prototype ? { ...self } : {},
    }),
  };
}

function nameOfThisProcess(): string {
  const current = currentOrNone();
  return current === undefined ? 'MainProcess' : stateOf(current).name;
}
