import type { HandleOwner, Inheritance, NativeHandle } from './inheritance.js';

const isStandardStream = (handle: NativeHandle) => handle.fd === 1 || handle.fd === 2;

/**
 * Child side. Closes the parent's sockets, servers, watchers and child processes here, without a word
 * to anybody: only the descriptor is closed. A `destroy()` would let TLS and HTTP say goodbye on a
 * connection that the parent goes on using.
 */
export function silenceHandles({ process, globals, native }: Inheritance): void {
  native.revealHandles();
  for (const owner of process._getActiveHandles()) release(owner);
  native.concealHandles();
  closeParentChannel(process);
  forgetPooledConnections(globals);
}

function release(owner: HandleOwner): void {
  const handle = handleOf(owner);
  if (handle === undefined || isStandardStream(handle)) return;
  handle.close();
  if (!('_handle' in owner)) return;
  // Agents look at `destroyed` before they use a pooled socket again. Setting it emits nothing.
  if (typeof owner.destroyed === 'boolean') owner.destroyed = true;
}

function handleOf(owner: HandleOwner): NativeHandle | undefined {
  // A datagram socket: its `_handle` is deprecated and would print a warning.
  const state = symbolProperty(owner, 'state symbol') as { handle?: NativeHandle } | undefined;
  if (state?.handle) return state.handle;
  if (owner._handle) return owner._handle;
  // A handle that nobody wrapped. Message ports have close() as well, but it says goodbye.
  const isPort = owner.constructor?.name === 'MessagePort';
  return !isPort && typeof owner.close === 'function' && !('_handle' in owner)
    ? (owner as NativeHandle)
    : undefined;
}

function symbolProperty(object: object, description: string): unknown {
  const symbol = Object.getOwnPropertySymbols(object).find((s) => s.description === description);
  return symbol === undefined ? undefined : Reflect.get(object, symbol);
}

/** The IPC channel of a parent that was itself made by `child_process.fork`. */
function closeParentChannel(process: object): void {
  if (!('send' in process)) return;
  const handle = symbolProperty(process, 'kChannelHandle') as NativeHandle | undefined;
  handle?.close();
  for (const name of ['send', 'disconnect', 'channel'] as const) {
    Object.defineProperty(process, name, { value: undefined, configurable: true, writable: true });
  }
  Object.defineProperty(process, 'connected', { value: false, configurable: true, writable: true });
}

/**
 * `fetch` keeps its connections in an agent, and waits for the end of one before it opens another to
 * the same origin. The child gets a new agent.
 */
function forgetPooledConnections(globals: object): void {
  for (const symbol of Object.getOwnPropertySymbols(globals)) {
    if (!symbol.description?.startsWith('undici.globalDispatcher.')) continue;
    // A plain value once `fetch` has been used; asking any other way would load it.
    const dispatcher = Object.getOwnPropertyDescriptor(globals, symbol)?.value;
    if (dispatcher?.constructor.name !== 'Agent') continue;
    Reflect.set(globals, symbol, new dispatcher.constructor());
  }
}
