/**
 * Which functions of a payload share a variable. V8 keeps variables in contexts, one for each run of
 * a block or function, but does not tell whether two functions have the same one: a context is
 * recognised by where it is, by its names and by their present values. Two functions that the same
 * piece of code made directly in one context look like two runs of it, and are taken as such.
 */
import { mayAssign } from './assignments.js';
import type { CodeFacts } from './code-facts.js';
import type { Scope } from './inspector-session.js';

export interface VariableContext {
  readonly id: number;
  readonly uses: Map<string, { count: number; assigned: boolean }>;
  /** What several functions use and some function may assign; known once all have been seen. */
  shared: readonly string[];
  /** The shared variables as they travel: one object, a slot of each function that shares it. */
  readonly travelling: Record<string, unknown>;
}

/** Contexts that look alike, and how many functions each piece of code made in them. */
interface LookAlikes {
  readonly contexts: VariableContext[];
  readonly made: Map<CodeFacts, number>;
}

const MANY_NAMES = 200;

export class VariableContexts {
  /** How often the payload has been looked at as a whole. */
  passes = 0;
  #byFunction = new Map<Function, readonly VariableContext[]>();
  #bySignature = new Map<string, LookAlikes>();
  #ids = new Map<unknown, number>();
  #count = 0;

  /**
   * The context behind each scope of a function; decided once per function.
   * @param names - For each scope the names that the function uses of it.
   */
  contextsOf(
    fn: Function,
    facts: CodeFacts,
    scopes: readonly Scope[],
    names: ReadonlyMap<string, Scope>,
  ): readonly VariableContext[] {
    let found = this.#byFunction.get(fn);
    if (found === undefined) {
      found = this.#identify(facts, scopes);
      this.#byFunction.set(fn, found);
      for (const [name, scope] of names) noteUse(found[scopes.indexOf(scope)]!, name, facts);
    }
    return found;
  }

  /**
   * Looks at all uses, after a payload has been encoded.
   * @returns Whether more is shared than was known while encoding, so that it has to be repeated.
   */
  settle(): boolean {
    this.passes++;
    let changed = false;
    for (const { contexts } of this.#bySignature.values()) {
      for (const context of contexts) {
        const names = sharedNames(context);
        changed ||= names.length !== context.shared.length;
        context.shared = names;
      }
    }
    return changed;
  }

  /** From the outermost inwards: what is in another context is another context itself. */
  #identify(facts: CodeFacts, scopes: readonly Scope[]): VariableContext[] {
    const found: VariableContext[] = [];
    for (let at = scopes.length - 1; at >= 0; at--) {
      const around = found[0]?.id ?? -1;
      found.unshift(this.#contextOf(scopes[at]!, facts, around, at === 0));
    }
    return found;
  }

  #contextOf(scope: Scope, facts: CodeFacts, around: number, madeHere: boolean): VariableContext {
    const where = `${around} ${scope.description} ${facts.code.file}`;
    const content = isSingle(scope) ? '' : this.#content(scope);
    const signature = `${where} ${content}`;
    const alike = this.#bySignature.get(signature) ?? {
      contexts: [],
      made: new Map(),
    };
    this.#bySignature.set(signature, alike);
    const index = content === '' || !madeHere ? 0 : (alike.made.get(facts) ?? 0);
    if (madeHere) alike.made.set(facts, index + 1);
    alike.contexts[index] ??= {
      id: this.#count++,
      uses: new Map(),
      shared: [],
      travelling: {},
    };
    return alike.contexts[index];
  }

  #content({ object }: Scope): string {
    const names = Object.getOwnPropertyNames(object);
    // With so many names it is the body of a file, which runs once.
    if (names.length > MANY_NAMES) return '';
    const values = names.map((name) => this.#idOf(readVariable(object, name)));
    return `${names} ${values}`;
  }

  #idOf(value: unknown): number {
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(value, id);
    }
    return id;
  }
}

/** There is one such scope for a file, or for all of them. */
function isSingle({ description }: Scope): boolean {
  return /^(?:Module|Script|Global)$/.test(description);
}

function noteUse({ uses }: VariableContext, name: string, { code }: CodeFacts): void {
  const use = uses.get(name) ?? { count: 0, assigned: false };
  use.count++;
  use.assigned ||= mayAssign(code.text, name);
  uses.set(name, use);
}

function sharedNames({ uses }: VariableContext): string[] {
  return [...uses].filter(([, { count, assigned }]) => count > 1 && assigned).map(([name]) => name);
}

/** A variable that is not initialised yet reads as undefined, or throws since Node 22. */
export function readVariable(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return variables[name];
  } catch {
    return undefined;
  }
}
