import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('shared memory', (method) => {
  async function findings(name: string) {
    const result = await runFixtureOk('shared-memory-cases.mjs', { args: [method, name] });
    return { found: JSON.parse(result.stdout), stderr: result.stderr };
  }

  it('is the same for a child that gets it as an argument', async () => {
    const { found, stderr } = await findings('argument');
    expect(found).toEqual({ code: 0, bytes: [1, 2] });
    // Nothing was left for the tracker.
    expect(stderr).toBe('');
  });

  it('goes along with a function that uses it', async () => {
    const { found, stderr } = await findings('captured');
    expect(found).toEqual({ code: 0, byte: 5, items: ['after', 1] });
    expect(stderr).toBe('');
  });

  it('travels in messages, both ways', async () => {
    const { found } = await findings('message');
    expect(found).toEqual({ code: 0, bytes: [7, 8], isAnother: true });
  });

  it('reaches grandchildren', async () => {
    const { found } = await findings('grandchild');
    expect(found).toEqual({ code: 0, byte: 9 });
  });

  it('survives the children that have it, however they end', async () => {
    const { found, stderr } = await findings('childEnds');
    expect(found).toEqual({
      return: [0, true],
      exit: [3, true],
      error: [1, true],
      killed: [-9, true],
      closed: [0, true],
    });
    expect(stderr).not.toContain('resource_tracker');
  });

  it('survives the child that has created it', async () => {
    const { found, stderr } = await findings('childCreates');
    expect(found).toEqual({ code: 0, text: 'from child', isThere: false });
    expect(stderr).toBe('');
  });

  it('is closed by each process for itself', async () => {
    const { found } = await findings('closing');
    expect(found).toEqual({ seen: 2, code: 0 });
  });

  it('closed, or unlinked before it arrives, is an error', async () => {
    const { found, stderr } = await findings('refusals');
    if (method === 'fork') {
      // It is not sent, but there already.
      expect(found).toEqual({ codeOfUnlinked: 0, refused: 0 });
      return;
    }
    expect(found).toEqual({
      codeOfUnlinked: 1,
      refused: ['ERR_MP_PICKLING', 'args[0]', 'ERR_MP_CLOSED'],
    });
    expect(stderr).toMatch(/ENOENT: .*, shm_open 'psm_/);
  });

  it('stays of its class', async () => {
    const { found } = await findings('subclass');
    expect(found.text).toBe(`Named('${found.name}', size=4) says 4`);
  });
});
