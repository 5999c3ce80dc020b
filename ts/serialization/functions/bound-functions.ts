/**
 * Bound functions, on both sides. A method bound to its own instance travels as "method k of that
 * instance", as in Python, so that `super` and `#private` of its class keep working.
 */
import type { FunctionShell, ReducedFunction } from '../function-codec.js';
import { nameOf } from './descriptions.js';
import { label, uidOf } from './function-uids.js';
import type { BoundHead, MethodHead } from './heads.js';
import type { FunctionView } from './inspector-session.js';
import { SlotList } from './slot-list.js';

type Bound = NonNullable<FunctionView['bound']>;

export function reduceBound(fn: Function, { target, self, args }: Bound): ReducedFunction {
  const list = new SlotList();
  const name = nameOf(target);
  const uid = uidOf(fn);
  const key = inheritedKey(self, target);
  if (key === undefined) {
    list.add(target, 'bound function');
    list.add(self, 'bound this');
    list.add(args, 'bound arguments');
    const head: BoundHead = { kind: 'bound', uid, name };
    return list.reduced(head, `function bound ${name}`);
  }
  list.add(self, 'bound this');
  list.add(args, 'bound arguments');
  if (typeof key === 'symbol') list.add(key, 'name of the bound method');
  const head: MethodHead = {
    kind: 'method',
    uid,
    name,
    key: typeof key === 'symbol' ? null : key,
  };
  return list.reduced(head, `function bound ${name}`);
}

/** The key under which a prototype of `self` has the function. */
function inheritedKey(self: unknown, target: Function): string | symbol | undefined {
  if (typeof self !== 'object' || self === null) return undefined;
  for (
    let owner = Object.getPrototypeOf(self);
    owner !== null;
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const key of Reflect.ownKeys(owner)) {
      const { value } = Object.getOwnPropertyDescriptor(owner, key)!;
      // Only what the lookup on the other side will find, too.
      if (value === target && Reflect.get(self, key) === target) return key;
    }
  }
  return undefined;
}

export function boundShell(head: BoundHead | MethodHead): FunctionShell {
  const bind = (slots: readonly unknown[]): Function => {
    const target = targetOf(head, slots);
    const [self, args] = head.kind === 'method' ? slots : slots.slice(1);
    return target.bind(self, ...(args as unknown[]));
  };
  return {
    create(slots) {
      const bound = bind(slots);
      label(bound, head.uid);
      return bound;
    },
    createOpen() {
      const { forwarder, fill } = makeForwarder(`bound ${head.name}`);
      label(forwarder, head.uid);
      return { value: forwarder, fill: (slots) => fill(() => bind(slots)) };
    },
  };
}

function targetOf(head: BoundHead | MethodHead, slots: readonly unknown[]): Function {
  if (head.kind === 'bound') return slots[0] as Function;
  return Reflect.get(slots[0] as object, head.key ?? (slots[2] as symbol));
}

const forwarded = new WeakMap<Function, () => Function>();

/** What a stand-in stands for: that travels in its place. */
export function behindForwarder(fn: Function): Function {
  return forwarded.get(fn)?.() ?? fn;
}

/** A function that exists before what it calls does: for a bound function inside of a cycle. */
function makeForwarder(name: string): {
  forwarder: Function;
  fill(make: () => Function): void;
} {
  let target: Function | undefined;
  const forwarder = (...args: unknown[]): unknown =>
    Reflect.apply(forwarded.get(forwarder)!(), undefined, args);
  Object.defineProperty(forwarder, 'name', { value: name, configurable: true });
  return {
    forwarder,
    fill(make) {
      // Bound at the first call: the object is complete then, and has its methods.
      forwarded.set(forwarder, () => (target ??= make()));
    },
  };
}
