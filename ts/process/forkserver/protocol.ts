/**
 * What goes between a client and the forkserver, over one connection (frames, in this order):
 *
 *   boot     root -> server: Boot, on the socket that the server was started with; the arena as a descriptor
 *   ready    server -> root: Ready
 *   hello    client -> server: its pidfd, its stdout and its stderr, as descriptors
 *   request  client -> server, any number: two descriptors, a status socket and a channel, and EMPTY. What the
 *            child is to do may be decided later.
 *
 * Other clients than the root connect to the server's address and authenticate before the hello. The
 * server answers a request on its status socket: a Reply with the child's pidfd; and when the child has
 * ended, four bytes of exit code. The rest comes over the channel, from the client itself, who need not
 * have the Reply for it: where the child finds itself; who it is, and what it is to do, before which an empty
 * message may wake it up; and an empty message, upon which it begins. A connection that is closed is a client that is gone.
 */

import type { PickledProcess } from '../spawn-protocol.js';

/** How clients reach a server, and each knows that the other is what it says. */
export interface ServerAddress {
  /** The name of its socket. */
  readonly address: string;
  readonly key: Uint8Array;
  readonly pid: number;
  readonly settings: ServerSettings;
}

/** How a server was made. */
export interface ServerSettings {
  /** Modules that it has imported, as the program names them. */
  readonly preload: readonly string[];
  /** The file from which these names are resolved. */
  readonly base: string;
  /** How many children it may fork ahead of need. */
  readonly spares: number;
}

export interface Boot {
  /** The root, with which the server ends. */
  readonly rootPid: number;
  readonly key: Uint8Array;
  readonly settings: ServerSettings;
  readonly rehearsals: Rehearsals;
}

/** Processes that are put together before the first real one. */
export interface Rehearsals {
  /** In the server, before the first fork. */
  readonly server: PickledProcess;
  /** In a child that has the time. */
  readonly child: PickledProcess;
}

export interface Ready {
  readonly address: string;
  readonly failures: readonly PreloadFailure[];
  /** Children could not import anything: hooks of a loader run on a thread of the server. */
  readonly hasLoaderThread: boolean;
}

/** A module that could not be imported. */
export interface PreloadFailure {
  readonly module: string;
  readonly error: unknown;
}

/** The server sends it before the child learns what it is to do. */
export type Reply = { readonly pid: number } | { readonly error: unknown };
