/**
 * Client side: the child that the next start will be given. Who starts one process after the other asks
 * the server for it ahead of time, so that a start is between this process and the child alone.
 */
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import type { Connection } from '../../transport/connection.js';
import type { ChildConfig } from '../this-process.js';
import { introductionFor } from './offer.js';
import { type IntroducedChild, ReservedChild } from './reserved-child.js';
import { serverSettings } from './settings.js';

/** Who has started nothing for so long asks for nothing; and what was asked for is let go. */
const IDLE_MS = 5000;
/** A start is not to be held up by preparations for the next. */
const DELAY_MS = 12;

interface AheadState {
  reserved: ReservedChild | undefined;
  /** Until it asks. */
  delay: NodeJS.Timeout | undefined;
  /** Runs while starts count as one after the other. */
  idle: NodeJS.Timeout | undefined;
}

const NOTHING: AheadState = { reserved: undefined, delay: undefined, idle: undefined };
const state: AheadState = { ...NOTHING };

// The child is the parent's, and the timers are gone.
registerAfterFork(state, (inherited) => void Object.assign(inherited, NOTHING), { ...NOTHING });

/** @returns Undefined when there is none, or it does not sleep: a signal has come to it. */
export async function takeAhead(server: Connection): Promise<IntroducedChild | undefined> {
  const { reserved } = state;
  state.reserved = undefined;
  if (reserved === undefined || reserved.server === server) return reserved?.wait();
  reserved.close();
  return undefined;
}

/** The same where it is there already. */
export function takeAheadAtOnce(config: ChildConfig): IntroducedChild | undefined {
  const { reserved } = state;
  const taken = reserved?.take();
  if (taken === undefined) return undefined;
  state.reserved = undefined;
  askAhead(reserved!.server, config);
  return taken;
}

/**
 * After each start: asks for another child in a moment, if this was not the first start in a while.
 * @param config - Of the last child: the next will be like it.
 */
export function askAhead(server: Connection, config: ChildConfig): void {
  if (state.idle === undefined) {
    state.idle = setTimeout(becomeIdle, IDLE_MS).unref();
    return;
  }
  state.idle.refresh();
  state.delay ??= setTimeout(() => ask(server, config), DELAY_MS).unref();
}

function ask(server: Connection, config: ChildConfig): void {
  state.delay = undefined;
  if (state.reserved !== undefined || server.closed || serverSettings().spares === 0) return;
  try {
    state.reserved = new ReservedChild(server, introductionFor(config));
  } catch {
    // There are no descriptors left: the next start tells.
  }
}

function becomeIdle(): void {
  state.reserved?.close();
  Object.assign(state, NOTHING);
}
