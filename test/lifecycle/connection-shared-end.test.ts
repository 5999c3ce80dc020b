import { describe, expect, it } from 'vitest';
import { rejection, usePipes } from '../helpers/pipes.js';
import { isStopped, waitUntil } from '../helpers/processes.js';
import { startFixture } from '../helpers/run-fixture.js';

const pipe = usePipes();

describe('an end that several processes hold', () => {
  it.each(['sync', 'async'])('never mixes their messages (%s)', async (style) => {
    const [reader, writer] = pipe({ duplex: false });
    const fds = [writer.fileno()];
    const count = 60;
    const letters = ['a', 'b', 'c'];
    const fixtures = letters.map((letter) =>
      startFixture('send-many-messages.mjs', {
        fds,
        args: [letter, String(count), style],
      }),
    );
    writer.close();

    const seen: Record<string, number> = {};
    for (let i = 0; i < letters.length * count; i++) {
      const bytes = await reader.recvBytes();
      const letter = String.fromCharCode(bytes[0]!);
      expect(bytes.equals(Buffer.alloc(bytes.length, letter))).toBe(true);
      seen[letter] = (seen[letter] ?? 0) + 1;
    }
    expect(seen).toEqual({ a: count, b: count, c: count });
    expect((await rejection(reader.recvBytes())).code).toBe('ERR_MP_EOF');
    for (const { ended } of fixtures) expect(await ended).toMatchObject({ code: 0 });
  });

  it('is given up when one of them is killed in the middle of a message', async () => {
    const [reader, writer] = pipe({ duplex: false });
    const fds = [writer.fileno()];
    const first = startFixture('send-large-message.mjs', { fds, args: ['a'] });
    await first.nextLine();
    await reader.poll({ timeout: undefined });
    const second = startFixture('send-large-message.mjs', { fds, args: ['b'] });
    await second.nextLine();
    first.child.kill('SIGKILL');

    const { code, stderr } = await second.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('died in the middle of a message');
    writer.close();
    expect((await rejection(reader.recvBytes())).message).toBe('got end of file during message');
  });
});

describe('the only writer', () => {
  it('killed in the middle of a message ends it for the reader', async () => {
    const [reader, writer] = pipe({ duplex: false });
    const fixture = startFixture('send-large-message.mjs', {
      fds: [writer.fileno()],
      args: ['a'],
    });
    writer.close();
    await reader.poll({ timeout: undefined });
    // Else it could send the rest while this reads.
    fixture.child.kill('SIGSTOP');
    await waitUntil(() => isStopped(fixture.child.pid!), 'for the writer to stop');
    const received = rejection(reader.recvBytes());
    fixture.child.kill('SIGKILL');
    expect((await received).message).toBe('got end of file during message');
    expect((await fixture.ended).signal).toBe('SIGKILL');
  });
});
