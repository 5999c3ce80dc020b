/** What describes a function in a payload: made by `reduce`, read by `rebuild`. Plain data. */
import type { BuiltinPath } from './builtins.js';
import type { Code } from './code-facts.js';

/** A value that the receiver finds for itself. */
export type Reference =
  | { readonly kind: 'builtin'; readonly path: BuiltinPath }
  | {
      readonly kind: 'export';
      readonly file: string;
      readonly name: string | null;
    }
  /** A top-level name of the main module, which the receiver has imported; or `default`. */
  | { readonly kind: 'main'; readonly name: string }
  | { readonly kind: 'require'; readonly file: string }
  | { readonly kind: 'module'; readonly file: string }
  | { readonly kind: 'meta'; readonly file: string }
  /** What compilers make of `import x from` a CommonJS module: its exports, and a `default`. */
  | { readonly kind: 'interop'; readonly of: Reference };

/** Slots: target, this, arguments. */
export interface BoundHead {
  readonly kind: 'bound';
  readonly uid: string;
  readonly name: string;
}

/** Slots: this, arguments, and the key where it is a symbol. */
export interface MethodHead {
  readonly kind: 'method';
  readonly uid: string;
  readonly name: string;
  readonly key: string | null;
}

/**
 * Where the value of a variable is: a slot, a shared environment, the slot of the parent class, the
 * receiver's own variable of that name in the main module, or what the receiver finds.
 */
export type VariableSource = number | 'shared' | 'heritage' | 'main' | Reference;

/** Shared variables of one context; the slot holds their values, by name. */
export interface SharedContext {
  readonly id: number;
  readonly names: readonly string[];
  readonly slot: number;
}

export interface PropertyHead {
  /** Of the function itself, or of its prototype object. */
  readonly on: 'function' | 'prototype';
  readonly key: string | null;
  /** The slot that holds the key, where that is a symbol. */
  readonly keySlot: number;
  readonly slot: number;
  readonly enumerable: boolean;
}

export interface CodeHead {
  readonly kind: 'code';
  readonly uid: string;
  /** Its id alone, where the receiver has it. */
  readonly code: Code | string;
  /** The receiver keeps the code for later payloads. */
  readonly keep: boolean;
  readonly name: string;
  /** One for each name in `code.free`. */
  readonly variables: readonly VariableSource[];
  /** Innermost first. */
  readonly shared: readonly SharedContext[];
  readonly heritage: {
    readonly variable: string;
    readonly slot: number;
  } | null;
  /** Slots; -1 where there is none. */
  readonly self: number;
  readonly args: number;
  /** The parent constructor of an old-style class. */
  readonly parent: number;
  readonly properties: readonly PropertyHead[];
}

export type Head = Reference | BoundHead | MethodHead | CodeHead;
