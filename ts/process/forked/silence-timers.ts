import { clearImmediate, clearTimeout } from 'node:timers';
import type { InternalTimers, Timer, TimerList } from './internal-timers.js';

/**
 * Child side. Takes every timer and immediate of the parent off the clock. A timer may be started
 * again by `refresh()`: modules that keep one timer for all their users rely on that.
 */
export function silenceTimers({ timerListMap, immediateQueue }: InternalTimers): void {
  while (immediateQueue.head !== null) clearImmediate(immediateQueue.head);
  for (const list of Object.values(timerListMap)) {
    for (const timer of timersOf(list)) silence(timer);
  }
}

function timersOf(list: TimerList): Timer[] {
  const timers: Timer[] = [];
  for (let item = list._idleNext; item !== list; item = item._idleNext as Timer | TimerList) {
    timers.push(item as Timer);
  }
  return timers;
}

function silence(timer: Timer): void {
  const { _onTimeout: callback, _idleTimeout: duration } = timer;
  clearTimeout(timer as unknown as NodeJS.Timeout);
  timer._onTimeout = callback;
  timer._idleTimeout = duration;
  // Node's http keeps the text of the current second until a timer clears it, and starts no other
  // timer before: without this, a server in the child would send the date of the fork for ever.
  if (callback?.name === 'resetCache' && duration <= 1000) callback();
}
