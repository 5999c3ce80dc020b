/** What the pickling of functions keeps while one payload is encoded. */
import type { PickleContext } from '../contexts.js';
import type { ImportPolicy } from './module-exports.js';
import { VariableContexts } from './variable-contexts.js';

/** What the receiver has got already. */
interface KnownCode {
  knows(uid: string): boolean;
}

export interface PayloadState {
  readonly policy: ImportPolicy;
  readonly contexts: VariableContexts;
  /** Ids of the code that this payload carries. */
  readonly codes: Set<string>;
  /** Arrow functions that are own properties of an instance: their `this` is that instance. */
  readonly owners: Map<Function, object>;
  readonly peer: KnownCode | undefined;
}

const STATE = Symbol('functions of a payload');
const PEER = Symbol('peer session');
const ASKED = Symbol('modules that were asked');

export function payloadState(context: PickleContext): PayloadState {
  let state = context.scratch.get(STATE) as PayloadState | undefined;
  if (state === undefined) {
    state = newState(context, new VariableContexts());
    context.scratch.set(STATE, state);
  }
  return state;
}

/** The state of a payload, if it has met a function. */
export function stateIn(scratch: Map<unknown, unknown>): PayloadState | undefined {
  return scratch.get(STATE) as PayloadState | undefined;
}

/** Begins the same payload once more, with what is known about shared variables. */
export function beginAgain(context: PickleContext): void {
  const { contexts, peer, policy } = payloadState(context);
  context.scratch.clear();
  context.handles.length = 0;
  if (peer !== undefined) setPeer(context.scratch, peer);
  if (policy.asked !== undefined) setAsked(context.scratch, policy.asked);
  context.scratch.set(STATE, newState(context, contexts));
}

export function setPeer(scratch: Map<unknown, unknown>, peer: KnownCode): void {
  scratch.set(PEER, peer);
}

/** The payload is only looked at, as long as it meets modules that are not among these. */
export function setAsked(scratch: Map<unknown, unknown>, asked: ReadonlySet<string>): void {
  scratch.set(ASKED, asked);
}

function newState(context: PickleContext, contexts: VariableContexts): PayloadState {
  return {
    policy: {
      mayImport: context.purpose === 'spawn',
      questions: new Set(),
      asked: context.scratch.get(ASKED) as ReadonlySet<string> | undefined,
    },
    contexts,
    codes: new Set(),
    owners: new Map(),
    peer: context.scratch.get(PEER) as KnownCode | undefined,
  };
}
