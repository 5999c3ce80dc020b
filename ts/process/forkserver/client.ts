/**
 * This thread as a client of the forkserver: it connects when a process is first started, to the server
 * of the tree if there is one, and else to one that it starts. A server that has died is replaced.
 */
import { isDeepStrictEqual } from 'node:util';
import { ProcessError } from '../../errors.js';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import { decode } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import type { Launched } from '../launcher.js';
import { privatePipe } from '../private-pipe.js';
import { EMPTY } from '../spawn-protocol.js';
import { joinServer } from './join-server.js';
import type { Offer } from './offer.js';
import { isPeerGone } from './peer-gone.js';
import type { Reply, ServerSettings } from './protocol.js';
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

/** A child, and the work that it has been offered. */
export interface TakenOffer {
  readonly child: Launched;
  readonly offer: Offer;
}

/**
 * Has the forkserver make a child. Each server that is asked is made an offer of its own.
 * @returns Undefined when no forkserver is of use here: hooks of `module.register()` or `--loader` run on
 * a thread of their own, which a fork leaves behind.
 * @throws {ProcessError} when servers die again and again; what the server could not do.
 */
export async function requestChild(makeOffer: () => Offer): Promise<TakenOffer | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const connecting = connectToServer();
    const server = await connecting;
    if (server === undefined) return undefined;
    const taken = await propose(server, makeOffer());
    if (taken !== undefined) return taken;
    if (state.server === connecting) state.server = undefined;
  }
  throw new ProcessError(
    `The forkserver ended ${MAX_ATTEMPTS} times in a row before it had started the process. ` +
      'Look at what it prints; the start methods spawn and fork do without it',
  );
}

/** Every thread has one connection, which it keeps for its life. */
function connectToServer(): Promise<Connection | undefined> {
  const version = settingsVersion();
  // A process that calls setuid() is not to have children of the user it was.
  const user = native.userId();
  const isWanted = state.version === version && state.user === user;
  if (state.server !== undefined && isWanted) return state.server;
  const previous = state.server;
  const connecting = joinOrStart(serverSettings()).finally(() => leaveServer(previous));
  Object.assign(state, { server: connecting, version, user });
  connecting.catch(() => {
    if (state.server === connecting) state.server = undefined;
  });
  return connecting;
}

/** A server that was made with other settings is not the one that this thread wants. */
async function joinOrStart(settings: ServerSettings): Promise<Connection | undefined> {
  const known = knownServer();
  const isWanted = known !== undefined && isDeepStrictEqual(known.settings, settings);
  return (isWanted ? await joinServer(known) : undefined) ?? startServer(settings);
}

function leaveServer(server: Promise<Connection | undefined> | undefined): void {
  server?.then(
    (connection) => connection?.close(),
    () => {},
  );
}

async function propose(server: Connection, offer: Offer): Promise<TakenOffer | undefined> {
  let child: Launched | undefined;
  try {
    const asked = ask(server, offer.descriptor);
    // While the server is at work.
    offer.send();
    child = await asked;
  } finally {
    if (child === undefined) offer.close();
  }
  return child && { child, offer };
}

/** @returns Undefined when the server ended before it had taken the request on, so nothing runs. */
async function ask(server: Connection, channel: number): Promise<Launched | undefined> {
  const [status, its] = privatePipe();
  try {
    const answer = await exchange(server, status, its, channel);
    if (answer === undefined) return undefined;
    const reply = decode(answer.body) as Reply;
    if ('error' in reply) throw fromServer(reply.error);
    return { pid: reply.pid, handle: answer.handles[0]!, status: status.detach() };
  } finally {
    its.close();
    status.close();
  }
}

async function exchange(server: Connection, status: Connection, its: Connection, channel: number) {
  try {
    await server.sendFrame(EMPTY, [its.fileno(), channel]);
    // Else the end of the server would not be seen here.
    its.close();
    return await status.recvFrame();
  } catch (error) {
    if (!isPeerGone(error)) throw error;
    server.close();
    return undefined;
  }
}

/** What failed there has limits of its own, such as that on open files. */
function fromServer(error: unknown): unknown {
  if (error instanceof Error) error.message += ' (in the forkserver)';
  return error;
}
