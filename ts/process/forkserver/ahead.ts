/**
 * Client side: the child that the next start will be given. Who starts one process after the other asks
 * the server for it ahead of time, so that a start is between this process and the child alone.
 */
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { native } from '../../native/binding.js';
import type { Connection } from '../../transport/connection.js';
import { ChildRequest, letGo, type TakenOffer } from './child-request.js';
import { serverSettings } from './settings.js';

/** Who has started nothing for so long asks for nothing; and what was asked for is let go. */
const IDLE_MS = 5000;
/** A start is not to be held up by preparations for the next. */
const DELAY_MS = 5;

interface AheadState {
  request: ChildRequest | undefined;
  /** Until it asks. */
  delay: NodeJS.Timeout | undefined;
  /** Runs while starts count as one after the other. */
  idle: NodeJS.Timeout | undefined;
}

const NOTHING: AheadState = { request: undefined, delay: undefined, idle: undefined };
const state: AheadState = { ...NOTHING };

// The request is the parent's, and the timers are gone.
registerAfterFork(state, (inherited) => void Object.assign(inherited, NOTHING), { ...NOTHING });

/** @returns Undefined when there is none, or it is not as a child of this moment would be. */
export async function takeAhead(server: Connection): Promise<TakenOffer | undefined> {
  const { request } = state;
  if (request === undefined) return undefined;
  state.request = undefined;
  if (request.server !== server) {
    request.close();
    return undefined;
  }
  // What the server could not do then, it may tell of the request that comes now.
  const taken = await request.answer().catch(() => undefined);
  // A signal that came to all processes of the program before this start must not count after it.
  if (taken === undefined || native.isUndisturbed(taken.child.pid, taken.child.handle))
    return taken;
  letGo(taken);
  return undefined;
}

/** After each start: asks for another child in a moment, if this was not the first start in a while. */
export function askAhead(server: Connection): void {
  if (state.idle === undefined) {
    state.idle = setTimeout(becomeIdle, IDLE_MS).unref();
    return;
  }
  state.idle.refresh();
  state.delay ??= setTimeout(() => ask(server), DELAY_MS).unref();
}

function ask(server: Connection): void {
  state.delay = undefined;
  if (state.request !== undefined || server.closed || serverSettings().spares === 0) return;
  try {
    state.request = new ChildRequest(server);
  } catch {
    // There are no descriptors left: the next start tells.
  }
}

function becomeIdle(): void {
  state.request?.close();
  Object.assign(state, NOTHING);
}
