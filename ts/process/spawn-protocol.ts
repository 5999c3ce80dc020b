/** The one message from a parent to the child it spawned. */
import type { ProcessDescription } from './launcher.js';
import type { ChildConfig } from './this-process.js';

export interface SpawnMessage extends ProcessDescription {
  readonly config: ChildConfig;
  /** The parent's, which the child shows as its own, as Python does. */
  readonly argv: readonly string[];
}

/** The descriptor on which the child finds the message. */
export const CHANNEL_FD = 3;
