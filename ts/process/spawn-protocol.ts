/** The one message from a parent to the child it spawned: an envelope. */
import type { ChildConfig } from './this-process.js';

/** What the child can decode at once. */
export interface SpawnEnvelope {
  readonly config: ChildConfig;
  /** The parent's, which the child shows as its own, as Python does. */
  readonly argv: readonly string[];
  /** Modules that only import() can load, to be loaded before the message is decoded. */
  readonly modules: readonly string[];
  /** A ProcessDescription, encoded; its descriptors travel with the envelope. */
  readonly message: Uint8Array;
}

/** The descriptor on which the child finds the message. */
export const CHANNEL_FD = 3;
