/**
 * This thread as a client of the forkserver: it connects when a process is first started, to the server
 * of the tree if there is one, and else to one that it starts. A server that has died is replaced.
 */
import { isDeepStrictEqual } from 'node:util';
import { ProcessError } from '../../errors.js';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import type { Connection } from '../../transport/connection.js';
import type { PickledProcess } from '../spawn-protocol.js';
import type { ChildConfig } from '../this-process.js';
import { askAhead, takeAhead, takeAheadAtOnce } from './ahead.js';
import { ChildRequest, type TakenOffer } from './child-request.js';
import { joinServer } from './join-server.js';
import { introductionFor } from './offer.js';
import type { ServerSettings } from './protocol.js';
import { assignIntroduced, type IntroducedChild } from './reserved-child.js';
import { knownServer } from './server-record.js';
import { serverSettings, settingsVersion } from './settings.js';
import { startServer } from './start-server.js';

/** As often as a server may die under a start before it is given up. */
const MAX_ATTEMPTS = 3;

interface ClientState {
  /** Resolves to undefined when no server can be of use to this program. */
  server: Promise<Connection | undefined> | undefined;
  /** Of the settings that it was made with. */
  version: number;
  /** Its user, who is also that of its children. */
  user: number;
}

const state: ClientState = { server: undefined, version: 0, user: -1 };

// The connection is the parent's: it stands for the parent's life.
registerAfterFork(
  state,
  (inherited) => {
    inherited.server = undefined;
  },
  { ...state },
);

/** The child that is there for this thread's next start, if there is one. */
export function takeReserved(config: ChildConfig): IntroducedChild | undefined {
  return isWanted() ? takeAheadAtOnce(config) : undefined;
}

/**
 * Has the forkserver make a child for this work, which the child may read, but not begin.
 * @returns Undefined when no forkserver is of use here: hooks of `module.register()` or `--loader` run on
 * a thread of their own, which a fork leaves behind.
 * @throws {ProcessError} when servers die again and again; what the server could not do.
 */
export async function requestChild(work: PickledProcess): Promise<TakenOffer | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const connecting = connectToServer();
    const server = await connecting;
    if (server === undefined) return undefined;
    const taken = await propose(server, work);
    if (taken !== undefined) {
      askAhead(server, work.config);
      return taken;
    }
    if (state.server === connecting) state.server = undefined;
  }
  throw new ProcessError(
    `The forkserver ended ${MAX_ATTEMPTS} times in a row before it had started the process. ` +
      'Look at what it prints; the start methods spawn and fork do without it',
  );
}

/** Every thread has one connection, which it keeps for its life. */
function connectToServer(): Promise<Connection | undefined> {
  if (state.server !== undefined && isWanted()) return state.server;
  const previous = state.server;
  const connecting = joinOrStart(serverSettings()).finally(() => leaveServer(previous));
  const made = { version: settingsVersion(), user: native.userId() };
  Object.assign(state, { server: connecting, ...made });
  connecting.catch(() => {
    if (state.server === connecting) state.server = undefined;
  });
  return connecting;
}

/**
 * Whether the server is as a new one would be. A process that calls setuid() is not to have children of the user
 * it was.
 */
function isWanted(): boolean {
  return state.version === settingsVersion() && state.user === native.userId();
}

/** A server that was made with other settings is not the one that this thread wants. */
async function joinOrStart(settings: ServerSettings): Promise<Connection | undefined> {
  const known = knownServer();
  const fits = known !== undefined && isDeepStrictEqual(known.settings, settings);
  return (fits ? await joinServer(known) : undefined) ?? startServer(settings);
}

function leaveServer(server: Promise<Connection | undefined> | undefined): void {
  server?.then(
    (connection) => connection?.close(),
    () => {},
  );
}

async function propose(server: Connection, work: PickledProcess): Promise<TakenOffer | undefined> {
  const ahead = await takeAhead(server);
  if (ahead !== undefined && assignIntroduced(ahead, work)) return ahead;
  const request = new ChildRequest(server);
  try {
    // While the server is at work.
    request.offer.introduce(introductionFor(work.config));
    request.offer.assign(work);
  } catch (error) {
    request.close();
    throw error;
  }
  return request.answer();
}
