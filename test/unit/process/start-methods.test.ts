import { afterEach, describe, expect, it, vi } from 'vitest';
import { native } from '../../../ts/native/binding.js';
import {
  getAllStartMethods,
  getStartMethod,
  setStartMethod,
} from '../../../ts/process/start-methods.js';
import { thrownBy } from '../../helpers/pipes.js';

afterEach(() => {
  vi.restoreAllMocks();
  setStartMethod(undefined, { force: true });
});

describe('the default start method', () => {
  it('is fixed by asking, unless that is not wanted', () => {
    expect(getStartMethod({ allowNone: true })).toBeUndefined();
    expect(getStartMethod()).toBe('forkserver');
    expect(getStartMethod({ allowNone: true })).toBe('forkserver');
  });

  it('can be chosen once, or again by force', () => {
    setStartMethod('spawn');
    expect(getStartMethod()).toBe('spawn');
    expect(thrownBy(() => setStartMethod('fork'))).toMatchObject({ code: 'ERR_MP_INVALID_STATE' });
    setStartMethod('fork', { force: true });
    expect(getStartMethod()).toBe('fork');
  });

  it('cannot be chosen after it was relied upon', () => {
    getStartMethod();
    expect(thrownBy(() => setStartMethod('spawn'))).toMatchObject({ code: 'ERR_MP_INVALID_STATE' });
  });

  it('is one of those that there are', () => {
    const wrong = 'thread' as 'fork';
    expect(thrownBy(() => setStartMethod(wrong))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => setStartMethod(undefined))).toBeInstanceOf(TypeError);
    expect(getAllStartMethods()).toEqual(['forkserver', 'fork', 'spawn']);
  });
});

describe('where the C library is unknown', () => {
  it('fork is left out, and refused with an error that names another way', () => {
    const reason = Object.assign(new Error('ENOTSUP'), { code: 'ENOTSUP' });
    vi.spyOn(native, 'forkSupport').mockReturnValue(reason);
    expect(getAllStartMethods()).toEqual(['spawn']);
    expect(getStartMethod()).toBe('spawn');
    const refusal = thrownBy(() => setStartMethod('fork', { force: true }));
    expect(refusal).toMatchObject({ code: 'ERR_MP_FORK_UNSUPPORTED', cause: reason });
    expect(refusal.message).toContain('spawn');
  });
});
