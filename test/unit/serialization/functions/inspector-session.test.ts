import { describe, expect, it } from 'vitest';
import {
  forgetInspector,
  hasInspector,
  privateNamesOf,
  realGlobal,
  viewFunction,
} from '../../../../ts/serialization/functions/inspector-session.js';

const variablesOf = (fn: Function) => viewFunction(fn).scopes[0]!.object;

describe('viewFunction()', () => {
  it('hands over live values, not copies', () => {
    const captured = { deep: [Symbol('s'), 10n, -0] };
    const view = variablesOf(() => captured);
    expect(view['captured']).toBe(captured);
  });

  it('reads variables anew each time', () => {
    let n = 1;
    const read = () => n;
    expect(variablesOf(read)['n']).toBe(1);
    n = 2;
    expect(variablesOf(read)['n']).toBe(2);
    expect(read()).toBe(2);
  });

  it('tells what a bound function is bound to', () => {
    const self = { a: 1 };
    function target() {}
    const args = [undefined, Number.NaN, -0, 10n, Symbol.iterator, null, self];
    const { bound } = viewFunction(target.bind(self, ...(args as [])));
    expect(bound).toEqual({ target, self, args });
    expect(bound?.self).toBe(self);
    expect(viewFunction(target).bound).toBeUndefined();
  });

  it('leaves nothing on the global object', () => {
    forgetInspector();
    const before = Object.getOwnPropertyNames(realGlobal);
    viewFunction(() => 1);
    expect(Object.getOwnPropertyNames(realGlobal)).toEqual(before);
  });

  it('works again after the session was forgotten', () => {
    forgetInspector();
    expect(hasInspector()).toBe(true);
    expect(viewFunction(Math.max).location).toBeUndefined();
  });
});

describe('privateNamesOf()', () => {
  it('names the private fields and accessors of an object', () => {
    class Hidden {
      #a = 1;
      get #b() {
        return this.#a;
      }
      both() {
        return this.#b;
      }
    }
    expect(privateNamesOf(new Hidden()).sort()).toEqual(['#a', '#b']);
    expect(privateNamesOf({ '#a': 1 })).toEqual([]);
  });
});
