/** A program of test/fixtures/python that does what it is told, a line of JSON at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface PythonPeer {
  /** Resolves to the answer; rejects with an Error that names Python's. */
  ask(...request: unknown[]): Promise<unknown>;
  /** Ends it. */
  stop(): Promise<void>;
}

export function startPythonPeer(command: string, program: string): PythonPeer {
  const file = path.resolve(import.meta.dirname, '../fixtures/python', program);
  const peer = spawn(command, [file], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  const closed = once(peer, 'close');
  const lines = createInterface({ input: peer.stdout! })[Symbol.asyncIterator]();
  return {
    async ask(...request) {
      peer.stdin!.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended`);
      const answer = JSON.parse(value);
      if (answer?.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    async stop() {
      peer.stdin!.end();
      await closed;
    },
  };
}
