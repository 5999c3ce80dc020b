import { setPeer, stateIn } from './payload-state.js';

/**
 * What one receiver has got already, so that code is sent to it once and then only named. For
 * conversations in which every payload arrives, and in the order of encoding: a pool worker.
 *
 * Both methods take the `scratch` of `encode`: `attach` before, and `delivered` once the bytes are
 * under way. A payload that is dropped in between leaves nothing behind.
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

  attach(scratch: Map<unknown, unknown>): void {
    setPeer(scratch, this);
  }

  delivered(scratch: Map<unknown, unknown>): void {
    for (const id of stateIn(scratch)?.codes ?? []) this.sent(id);
  }
}
