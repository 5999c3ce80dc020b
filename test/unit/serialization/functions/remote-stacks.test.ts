import { describe, expect, it } from 'vitest';
import { mapRemoteStack } from '../../../../ts/serialization/functions/remote-stacks.js';

describe('mapRemoteStack()', () => {
  it('leaves places alone that have no source map', () => {
    const stack =
      'Error: at /nowhere/a.js:1:2\n    at f (file:///nowhere/b.mjs:10:20)\n    at C:\\no\\c.js:3:4\n    at node:fs:1:1';
    expect(mapRemoteStack(stack)).toBe(stack);
  });
});
