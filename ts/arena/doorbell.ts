/** How others wake the event loop of this thread, and what it does then. */
import { native, type PollWatcher, READABLE } from '../native/binding.js';
import { self } from './participant.js';

/** Somebody in this thread who waits for something in the arena. */
export interface Listener {
  /** Whether nobody has rung for it since it asked to be. */
  readonly isArmed: boolean;
  /** Something may be there. */
  onRing(): void;
  /** Some time has passed: those who would ring may have died. */
  onTick(): void;
}

/** How often waits look for themselves. */
const TICK_MS = 100;
/** Processes that have ended are cleaned up after once in so many ticks. */
const TICKS_PER_SWEEP = 10;

const listeners = new Set<Listener>();
const state = {
  watcher: undefined as PollWatcher | undefined,
  timer: undefined as NodeJS.Timeout | undefined,
  ticks: 0,
};

/** From now on the listener is rung, and keeps the event loop alive. */
export function listen(listener: Listener): void {
  listeners.add(listener);
  if (listeners.size > 1) return;
  if (state.watcher === undefined) {
    state.watcher = new native.PollWatcher(self.doorbell, answer);
    state.watcher.start(READABLE, true);
  } else {
    state.watcher.setKeepAlive(true);
  }
  // Goes on when the last listener has left: there will often be another soon.
  state.timer ??= setInterval(tick, TICK_MS).unref();
}

export function unlisten(listener: Listener): void {
  if (listeners.delete(listener) && listeners.size === 0) state.watcher?.setKeepAlive(false);
}

/** In a forked child: everybody waits in the parent. */
export function forgetDoorbell(): void {
  listeners.clear();
  state.watcher = undefined;
  clearInterval(state.timer);
  state.timer = undefined;
}

function answer(): void {
  native.hearDoorbell();
  for (const listener of [...listeners]) if (!listener.isArmed) listener.onRing();
}

function tick(): void {
  if (listeners.size === 0) {
    clearInterval(state.timer);
    state.timer = undefined;
    return;
  }
  // Whoever was about to ring may have died after it had said so; and then nobody else would.
  native.hearDoorbell();
  if (++state.ticks % TICKS_PER_SWEEP === 0) native.sweepArena();
  for (const listener of [...listeners]) listener.onTick();
}
