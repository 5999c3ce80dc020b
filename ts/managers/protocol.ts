/**
 * What goes between a process and the server of a manager: frames of one or more messages. A message is a header of
 * 16 bytes and a payload of the codec.
 */

/** The kinds of messages to the server, and what their payload is. */
export const ToServer = {
  /** The arguments; the header has the object and the method. */
  CALL: 1,
  /** The same, where the last argument takes a signal. */
  CALL_WITH_SIGNAL: 11,
  /** [typeid, arguments] */
  CREATE: 2,
  /** [verb, arguments]: what is asked of the server itself. */
  VERB: 3,
  /** [object, secret, ticket]: this process has a proxy now that another one has sent. */
  ATTACH: 4,
  /** [object, ticket]: a proxy is on its way to another process, and holds the object meanwhile. */
  GRANT: 5,
  /** [ticket]: it has not left after all. */
  REVOKE: 6,
  /** [object, times]: the last proxy of the object in this process is gone. */
  RELEASE: 7,
  /** Gives the call of this number up. */
  CANCEL: 8,
  PING: 9,
  /** This process ends, and not by accident. */
  BYE: 10,
} as const;

/** The kinds of messages to a process. */
export const ToClient = {
  /** What the call returned. */
  RETURN: 1,
  /** What it threw. */
  ERROR: 2,
  PONG: 3,
  /** It returned undefined: there is no payload. */
  DONE: 4,
} as const;

/** Where in the header what is; at 0 the kind, at 1 how many of the frame's descriptors are the message's. */
export const METHOD = 2;
export const NUMBER = 4;
export const OBJECT = 8;
export const LENGTH = 12;
export const HEADER_BYTES = 16;

/** Descriptors of a message: their count is a byte. */
export const MAX_HANDLES = 255;

/** Instead of the place of a method among those that the object has: its name comes before the arguments. */
export const BY_NAME = 0xffff;

export interface Message {
  readonly kind: number;
  /** Of the call that it is, or answers. */
  readonly number: number;
  readonly object: number;
  readonly method: number;
  readonly payload: Uint8Array;
  /** Descriptors of the message; -1 in the place of one that was taken. */
  readonly handles: number[];
}

export interface Frame {
  readonly body: Buffer;
  readonly handles: readonly number[];
}
