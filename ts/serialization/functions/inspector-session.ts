/**
 * V8's own view of a function: where its code stands, what it has captured, what it is bound to.
 * One in-process session per thread, connected on first use.
 *
 * What is asked for here works without `Debugger.enable` and `Runtime.enable`, and `post` calls
 * back before it returns. Every call names an object group: ids without one are never released,
 * and would keep each pickled closure alive.
 */
import type inspector from 'node:inspector';
import vm from 'node:vm';
import { recordsCoverage } from '../../environment.js';
import { PicklingError } from '../../errors.js';

type Session = inspector.Session;
type RemoteObject = inspector.Runtime.RemoteObject;

export interface CodeLocation {
  readonly scriptId: string;
  /** Both from zero, as V8 counts them. */
  readonly line: number;
  readonly column: number;
}

export interface Scope {
  /** As DevTools shows it: `Module`, `Closure (outer)`, `Block`, `Script`, `Global`. */
  readonly description: string;
  /** A fresh copy of the variables, read at this moment. */
  readonly object: Record<string, unknown>;
}

export interface FunctionView {
  readonly location: CodeLocation | undefined;
  /** Innermost first. */
  readonly scopes: readonly Scope[];
  readonly bound: { target: Function; self: unknown; args: readonly unknown[] } | undefined;
}

const HOLDER_GROUP = 'mp-holder';
const GROUP = 'mp';

let session: Session | undefined;
let refusal: unknown;
let holderId = '';
const holder: { v?: unknown; out?: unknown[] } = {};

/** Forgets the connection: the session of a parent is none in its forked child. */
export function forgetInspector(): void {
  session = undefined;
  refusal = undefined;
}

export function hasInspector(): boolean {
  try {
    connect();
    return true;
  } catch {
    return false;
  }
}

/** The global object of the main context, which test runners and `node:vm` hide behind another. */
export const realGlobal: Record<string, unknown> = vm.runInThisContext('globalThis');

function connect(): Session {
  if (session !== undefined) return session;
  if (refusal !== undefined) throw refusal;
  try {
    const { Session } = process.getBuiltinModule('node:inspector');
    session = new Session();
    session.connect();
    if (recordsCoverage()) keepDebuggerOn(new Session());
    holderId = publishHolder();
    return session;
  } catch (error) {
    session = undefined;
    refusal = unavailable(error);
    throw refusal;
  }
}

/**
 * When the last session that has the debugger on switches it off, V8 drops what it has recorded of the
 * blocks that have run. So for the time of a recording one leaves it on.
 */
function keepDebuggerOn(another: Session): void {
  another.connect();
  another.post('Debugger.enable');
  another.post('Debugger.setSkipAllPauses', { skip: true });
}

function unavailable(cause: unknown): PicklingError {
  return new PicklingError(
    'Only exports of modules and builtins can be pickled here: looking into a function needs ' +
      "Node's inspector, which is not available. Under the permission model it is allowed by the flag `--allow-inspector`",
    { cause },
  );
}

/** Gives the session a lasting handle on `holder`, through which values come and go. */
function publishHolder(): string {
  const name = `mp-holder-${Math.random()}`;
  Object.defineProperty(realGlobal, name, {
    value: holder,
    configurable: true,
  });
  try {
    const { result } = post<{ result: RemoteObject }>('Runtime.evaluate', {
      expression: `globalThis[${JSON.stringify(name)}]`,
      objectGroup: HOLDER_GROUP,
    });
    return result.objectId!;
  } finally {
    delete realGlobal[name];
  }
}

/** Sends one command, which V8 answers before `post` returns. */
export function post<T>(method: string, params?: object): T {
  let failure: Error | null = null;
  let answer: object | undefined;
  (session ?? connect()).post(method, params, (error, result) => {
    failure = error;
    answer = result;
  });
  if (failure !== null) throw failure;
  return answer as T;
}

/** The session itself, for those who listen to its events for a moment. */
export function inspectorSession(): Session {
  return connect();
}

function callOnHolder(functionDeclaration: string, args: RemoteObject[] = []) {
  return post<{ result: RemoteObject }>('Runtime.callFunctionOn', {
    objectId: holderId,
    functionDeclaration,
    arguments: args.map(asArgument),
    objectGroup: GROUP,
  }).result;
}

function asArgument(remote: RemoteObject): object {
  if (remote.objectId !== undefined) return { objectId: remote.objectId };
  if (remote.unserializableValue !== undefined)
    return { unserializableValue: remote.unserializableValue };
  return { value: remote.value };
}

/** Turns what V8 describes into the live values themselves. */
function liveValues(remotes: RemoteObject[]): unknown[] {
  callOnHolder('function(...values) { this.out = values; }', remotes);
  const values = holder.out!;
  delete holder.out;
  return values;
}

function properties(value: object): inspector.Runtime.GetPropertiesReturnType & {
  privateProperties?: { name: string }[];
} {
  holder.v = value;
  const { objectId } = callOnHolder('function() { return this.v; }');
  delete holder.v;
  return post('Runtime.getProperties', { objectId, ownProperties: true });
}

/** @throws PicklingError when there is no inspector. */
export function viewFunction(fn: Function): FunctionView {
  connect();
  try {
    const internal = new Map<string, RemoteObject | undefined>(
      properties(fn).internalProperties?.map(({ name, value }) => [name, value]),
    );
    return {
      location: locationFrom(internal.get('[[FunctionLocation]]')),
      scopes: scopesFrom(internal.get('[[Scopes]]')),
      bound: boundFrom(internal),
    };
  } finally {
    post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  }
}

function locationFrom(remote: RemoteObject | undefined): CodeLocation | undefined {
  if (remote === undefined) return undefined;
  const { scriptId, lineNumber, columnNumber } = remote.value;
  return { scriptId, line: lineNumber, column: columnNumber };
}

function scopesFrom(remote: RemoteObject | undefined): Scope[] {
  if (remote === undefined) return [];
  // An array-like without an iterator.
  const [list] = liveValues([remote]) as [ArrayLike<Scope>];
  return Array.from(list);
}

function boundFrom(internal: Map<string, RemoteObject | undefined>): FunctionView['bound'] {
  const target = internal.get('[[TargetFunction]]');
  if (target === undefined) return undefined;
  const [fn, self, args] = liveValues([
    target,
    internal.get('[[BoundThis]]')!,
    internal.get('[[BoundArgs]]')!,
  ]) as [Function, unknown, unknown[]];
  return { target: fn, self, args: Array.from(args ?? []) };
}

/** Names of the private fields, accessors and methods that an object carries, such as `#x`. */
export function privateNamesOf(object: object): string[] {
  connect();
  try {
    const found = properties(object).privateProperties ?? [];
    return found.map(({ name }) => name);
  } finally {
    post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
  }
}
