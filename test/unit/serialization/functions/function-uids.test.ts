import { describe, expect, it } from 'vitest';
import {
  functionWith,
  label,
  newUid,
  remember,
  uidOf,
} from '../../../../ts/serialization/functions/function-uids.js';

describe('uids of functions', () => {
  it('a function keeps its uid, and is found by it', () => {
    const fn = () => 1;
    expect(uidOf(fn)).toBe(uidOf(fn));
    expect(functionWith(uidOf(fn))).toBe(fn);
    expect(uidOf(() => 1)).not.toBe(uidOf(fn));
  });

  it('a labelled function travels under the uid, and is not found by it', () => {
    const fn = () => 1;
    label(fn, 'from elsewhere');
    expect(uidOf(fn)).toBe('from elsewhere');
    expect(functionWith('from elsewhere')).toBeUndefined();
  });

  it('a remembered one is found', () => {
    const fn = () => 1;
    remember(fn, 'from there');
    expect(uidOf(fn)).toBe('from there');
    expect(functionWith('from there')).toBe(fn);
  });

  it('another process of the same memory, as after fork, makes other uids', () => {
    const { pid } = process;
    const before = newUid().split('.')[0];
    try {
      Object.defineProperty(process, 'pid', { value: pid + 1, configurable: true });
      expect(newUid().split('.')[0]).not.toBe(before);
    } finally {
      Object.defineProperty(process, 'pid', { value: pid, configurable: true, enumerable: true });
    }
  });
});
