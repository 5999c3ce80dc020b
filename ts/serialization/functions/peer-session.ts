import type { PickleContext } from '../contexts.js';
import { setPeer, stateIfAny } from './payload-state.js';

/**
 * What one receiver has got already, so that code is sent to it once and then only named. For
 * conversations in which every payload arrives, and in the order of encoding: a pool worker.
 *
 * Call `attach` before encoding, and `delivered` once the bytes are under way; a payload that is
 * dropped in between leaves nothing behind.
 */
export class PeerSession {
  #known = new Set<string>();

  /** Whether the receiver keeps the code with this id. */
  knows(uid: string): boolean {
    return this.#known.has(uid);
  }

  sent(uid: string): void {
    this.#known.add(uid);
  }

  attach(context: PickleContext): void {
    setPeer(context, this);
  }

  delivered(context: PickleContext): void {
    for (const id of stateIfAny(context)?.codes ?? []) this.sent(id);
  }
}
