import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('a child that ends', (method) => {
  const findings = async (way: string) =>
    JSON.parse(
      (await runFixtureOk('child-ends-in-the-middle.mjs', { args: [method, way] })).stdout,
    );

  it('by SIGKILL before it sends is told by an end of file', async () => {
    const { seen, exitCode } = await findings('before');
    expect(seen).toMatch(/^EOFError/);
    expect(exitCode).toBe(-9);
  });

  it('by SIGKILL in the middle of a message is told as such', async () => {
    const { seen, exitCode } = await findings('killed');
    expect(seen).toMatch(/end of file during message/);
    expect(exitCode).toBe(-9);
  });

  it('by process.exit() in the middle of a message is told as such', async () => {
    const { seen, exitCode } = await findings('exit');
    expect(seen).toMatch(/end of file during message/);
    expect(exitCode).toBe(3);
  });
});
