/**
 * What Node and the language bring along travels by its path: `['Map', 'prototype', 'get']`,
 * `['node:fs', 'readFileSync']`. The table is built when the first native function or object of
 * Node is met, and again when more modules of Node have been loaded since.
 */
import { builtinModules } from 'node:module';
import { realGlobal } from './inspector-session.js';

/** A step is a key; or the accessor behind one; or a well-known symbol. */
export type Step = string | { get: string } | { set: string } | { symbol: string };
export type BuiltinPath = readonly [root: string, ...steps: Step[]];

/** Things of the user hang below these. */
const EXCLUDED = new Set([
  'mainModule',
  'argv',
  'execArgv',
  'env',
  '_cache',
  'workers',
  'workerData',
  'globalThis',
  'global',
  'constructor',
  'report',
]);

const INTRINSICS: Record<string, object> = {
  '%Function%': Function.prototype,
  '%AsyncFunction%': (async () => {}).constructor,
  '%GeneratorFunction%': function* () {}.constructor,
  '%AsyncGeneratorFunction%': async function* () {}.constructor,
  '%TypedArray%': Object.getPrototypeOf(Int8Array),
  '%ArrayIterator%': Object.getPrototypeOf([][Symbol.iterator]()),
  '%MapIterator%': Object.getPrototypeOf(new Map()[Symbol.iterator]()),
  '%SetIterator%': Object.getPrototypeOf(new Set()[Symbol.iterator]()),
};

const MAX_STEPS = 4;

let table: Map<object, BuiltinPath> | undefined;
let roots: Map<object, BuiltinPath> | undefined;
let loaded = 0;

function moduleLoadList(): readonly string[] {
  return (process as unknown as { moduleLoadList: string[] }).moduleLoadList;
}

/** Tables describe the modules that were loaded when they were built. */
function refresh(): void {
  if (moduleLoadList().length === loaded) return;
  loaded = moduleLoadList().length;
  table = undefined;
  roots = undefined;
}

/** The path of a function or object of Node or of the language. */
export function builtinPath(value: object): BuiltinPath | undefined {
  const root = builtinRoot(value);
  if (root !== undefined) return root;
  table ??= buildTable();
  return table.get(value);
}

/** The same for what a module or global variable is itself; cheap enough to ask for any object. */
export function builtinRoot(value: object): BuiltinPath | undefined {
  refresh();
  roots ??= buildRoots();
  return roots.get(value) ?? madeOnDemand(value);
}

/** What reading a property makes: so it is read only for an object of the class in question. */
const MADE_ON_DEMAND: Readonly<Record<string, readonly BuiltinPath[]>> = {
  WriteStream: [
    ['process', 'stdout'],
    ['process', 'stderr'],
  ],
  Performance: [['performance']],
  Crypto: [['crypto']],
  SubtleCrypto: [['crypto', 'subtle']],
  Navigator: [['navigator']],
};

/** The classes of a standard stream, for a terminal, file, pipe or worker thread. */
const STREAMS = new Set(['WriteStream', 'SyncWriteStream', 'Socket', 'WritableWorkerStdio']);

function madeOnDemand(value: object): BuiltinPath | undefined {
  const name = classNameOf(value);
  if (name === undefined) return undefined;
  if (STREAMS.has(name) && !isStandard(name, value)) return undefined;
  const paths = MADE_ON_DEMAND[STREAMS.has(name) ? 'WriteStream' : name];
  return paths?.find((path) => followBuiltin(path) === value);
}

/** In a worker thread the standard streams have a class of their own, and no descriptor. */
function isStandard(name: string, stream: { fd?: unknown }): boolean {
  return name === 'WritableWorkerStdio' || stream.fd === 1 || stream.fd === 2;
}

function classNameOf(value: object): string | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  const cls: unknown =
    prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof cls === 'function' ? cls.name : undefined;
}

function buildRoots(): Map<object, BuiltinPath> {
  const found = new Map<object, BuiltinPath>();
  found.set(realGlobal, ['globalThis']);
  found.set(globalThis, ['globalThis']);
  for (const [name, value] of Object.entries(INTRINSICS)) found.set(value, [name]);
  for (const key of Object.getOwnPropertyNames(realGlobal)) {
    const value = Object.getOwnPropertyDescriptor(realGlobal, key)?.value;
    if (isObject(value) && isBuiltinGlobal(key) && !found.has(value)) found.set(value, [key]);
  }
  // It is that module also before anybody has imported it.
  found.set(process, ['node:process']);
  for (const [name, module] of loadedModules()) if (!found.has(module)) found.set(module, [name]);
  return found;
}

/** A user's own global variable does not exist in the other process. */
let globalsAtStart: Set<string> | undefined;
function isBuiltinGlobal(key: string): boolean {
  globalsAtStart ??= new Set(
    Object.getOwnPropertyNames(realGlobal).filter((name) => /^[A-Za-z]/.test(name)),
  );
  const { configurable } = Object.getOwnPropertyDescriptor(realGlobal, key) ?? {};
  return globalsAtStart.has(key) && configurable === true && !EXCLUDED.has(key);
}

function loadedModules(): [string, object][] {
  const names = new Set(
    moduleLoadList()
      .filter((entry) => entry.startsWith('NativeModule '))
      .map((entry) => entry.slice('NativeModule '.length)),
  );
  return builtinModules
    .filter((name) => names.has(name) && !name.startsWith('_'))
    .map((name) => [`node:${name}`, process.getBuiltinModule(name) as object]);
}

function buildTable(): Map<object, BuiltinPath> {
  const found = new Map<object, BuiltinPath>(roots);
  const queue = [...found];
  // Breadth first: the shortest path wins.
  for (const [owner, path] of queue) {
    if (path.length > MAX_STEPS || owner === realGlobal || owner === globalThis) continue;
    for (const [value, step] of stepsFrom(owner)) {
      if (found.has(value)) continue;
      const next: BuiltinPath = [...path, step];
      found.set(value, next);
      queue.push([value, next]);
    }
  }
  return found;
}

function* stepsFrom(owner: object): Generator<[object, Step]> {
  for (const key of Reflect.ownKeys(owner)) {
    const step = stepOf(key);
    if (step === undefined) continue;
    const { value, get, set } = Object.getOwnPropertyDescriptor(owner, key)!;
    if (isObject(value) && (step === 'prototype' || mayHoldBuiltins(value))) yield [value, step];
    if (typeof step !== 'string') continue;
    if (get !== undefined) yield [get, { get: step }];
    if (set !== undefined) yield [set, { set: step }];
  }
}

function stepOf(key: string | symbol): Step | undefined {
  if (typeof key === 'string') return EXCLUDED.has(key) || key.startsWith('_') ? undefined : key;
  const name = key.description?.replace(/^Symbol\./, '') ?? '';
  return (Symbol as unknown as Record<string, unknown>)[name] === key
    ? { symbol: name }
    : undefined;
}

/** Arrays, maps and the like below a builtin are data, which belongs to whoever put it there. */
function mayHoldBuiltins(value: object): boolean {
  if (typeof value === 'function') return true;
  return !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Set);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Follows a path; `undefined` when this Node does not have it. */
export function followBuiltin([root, ...steps]: BuiltinPath): unknown {
  let value = builtinRootNamed(root);
  for (const step of steps) {
    if (!isObject(value)) return undefined;
    value = follow(value, step);
  }
  return value;
}

function builtinRootNamed(root: string): unknown {
  if (root === 'globalThis') return realGlobal;
  if (Object.hasOwn(INTRINSICS, root)) return INTRINSICS[root];
  if (root.startsWith('node:')) return process.getBuiltinModule(root.slice('node:'.length));
  return realGlobal[root];
}

function follow(owner: object, step: Step): unknown {
  if (typeof step === 'string') return Reflect.get(owner, step);
  if ('symbol' in step) {
    const symbols = Symbol as unknown as Record<string, symbol>;
    return Reflect.get(owner, symbols[step.symbol]!);
  }
  if ('get' in step) return Object.getOwnPropertyDescriptor(owner, step.get)?.get;
  return Object.getOwnPropertyDescriptor(owner, step.set)?.set;
}
