import { createRequire } from 'node:module';
import * as timers from 'node:timers';
import { ForkUnsupportedError } from '../../errors.js';

/** One timer of Node, with the members that matter here. */
export interface Timer {
  _idleNext: Timer | TimerList | null;
  _idleTimeout: number;
  _onTimeout: ((...args: unknown[]) => void) | null;
}

/** A circular list of the timers of one duration; the list itself is its head. */
export interface TimerList {
  _idleNext: Timer | TimerList;
}

/** Node's own registers of what is waiting to run. */
export interface InternalTimers {
  readonly timerListMap: Record<string, TimerList>;
  readonly immediateQueue: { head: NodeJS.Immediate | null };
}

// A fork must not import anything: by then it is too late to wait.
const require = createRequire(import.meta.url);
let found: InternalTimers | undefined;

/**
 * Finds the registers. No public API lists timers, but the debugger's view of `setTimeout` shows the
 * variables of the module it was made in, among them these, by the same names in Node 20 to 26.
 * Costs 7 ms once; to be called in the parent before its first fork.
 * @throws {ForkUnsupportedError} ERR_MP_FORK_UNSUPPORTED - when the inspector is unavailable or shows
 * other names: the parent's timers would fire in the child.
 */
export function findInternalTimers(): InternalTimers {
  found ??= lookUp();
  return found;
}

function lookUp(): InternalTimers {
  let scopes: object[];
  try {
    scopes = scopesOf(timers.setTimeout);
  } catch (cause) {
    throw new ForkUnsupportedError(
      'fork needs the inspector, to keep timers of the parent from firing in the child. ' +
        'Under the permission model allow it with --allow-inspector, or use the start method spawn',
      { cause },
    );
  }
  const variables = Object.assign({}, ...scopes) as Partial<InternalTimers>;
  const { timerListMap, immediateQueue } = variables;
  if (timerListMap === undefined || immediateQueue === undefined) {
    throw new ForkUnsupportedError(
      `fork is not supported on Node ${process.version}: its timers are not where they were in ` +
        'Node 20 to 26. Use the start method spawn',
    );
  }
  return { timerListMap, immediateQueue };
}

/** The variables of each module or function around `fn`, as live objects. */
function scopesOf(fn: Function): object[] {
  const { Session } = require('node:inspector') as typeof import('node:inspector');
  const session = new Session();
  session.connect();
  const key = `multiprocessing:${process.pid}`;
  const holder: { fn: Function; scopes?: { object: object }[] } = { fn };
  Object.defineProperty(globalThis, key, { value: holder, configurable: true });
  try {
    const expression = `globalThis[${JSON.stringify(key)}]`;
    const fnId = post(session, 'Runtime.evaluate', { expression: `${expression}.fn` }).result
      .objectId;
    const internal = post(session, 'Runtime.getProperties', {
      objectId: fnId,
      ownProperties: true,
    });
    const scopes = internal.internalProperties?.find(
      (property: { name: string }) => property.name === '[[Scopes]]',
    );
    const holderId = post(session, 'Runtime.evaluate', { expression }).result.objectId;
    post(session, 'Runtime.callFunctionOn', {
      objectId: holderId,
      functionDeclaration: 'function (scopes) { this.scopes = scopes; }',
      arguments: [{ objectId: scopes.value.objectId }],
    });
    return Array.from(holder.scopes as ArrayLike<{ object: object }>, (scope) => scope.object);
  } finally {
    Reflect.deleteProperty(globalThis, key);
    session.disconnect();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers have a shape per method
function post(session: import('node:inspector').Session, method: string, params: object): any {
  let answer: unknown;
  // Calls back before it returns, for all methods of the Runtime domain.
  (session.post as Function)(method, params, (error: Error | null, result: unknown) => {
    if (error) throw Object.assign(new Error(`${method} failed`), { cause: error });
    answer = result;
  });
  return answer;
}
