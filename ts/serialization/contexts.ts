/**
 * What one payload carries beside its bytes, on either side. Reducers and the function codec get
 * it; they keep nothing else between two payloads.
 */

/** Why a value is being encoded: some objects may only travel to a child that is being started. */
export type Purpose = 'message' | 'spawn';

/** The sending side of one payload. */
export interface PickleContext {
  readonly purpose: Purpose;
  /**
   * Descriptors that travel with the bytes, in order. A reducer appends one and sends its index;
   * it stays the sender's property, the transport duplicates it on the way.
   */
  readonly handles: number[];
  /** State of this payload, by owner. */
  readonly scratch: Map<unknown, unknown>;
  /** What to call if these bytes reach nobody after all. */
  readonly undo: Undo[];
}

/** Takes back what a reducer did for a payload. */
export type Undo = () => void;

export function undoAll(undo: Undo[]): void {
  for (const takeBack of undo.splice(0)) takeBack();
}

/** The receiving side of one payload. */
export interface UnpickleContext {
  /** Descriptors that came with the bytes; whoever takes one out (sets it to -1) owns it. */
  readonly handles: number[];
  /** State of this payload, by owner. */
  readonly scratch: Map<unknown, unknown>;
}
