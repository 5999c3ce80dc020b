import { createRequire } from 'node:module';

// Lazily: loading the inspector takes milliseconds that a process which never forks need not spend.
const require = createRequire(import.meta.url);

/** A debugger's view of this process, from within. */
export type InspectorSession = import('node:inspector').Session;

/** @throws ERR_ACCESS_DENIED under the permission model, or without an inspector. */
export function openSession(): InspectorSession {
  const { Session } = require('node:inspector') as typeof import('node:inspector');
  const session = new Session();
  session.connect();
  return session;
}

/** The answer to a command of a domain that answers at once, as Runtime and Profiler do. */
// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers have a shape per method
export function post(session: InspectorSession, method: string, params: object = {}): any {
  let answer: unknown;
  (session.post as Function)(method, params, (error: Error | null, result: unknown) => {
    if (error) throw Object.assign(new Error(`${method} failed`), { cause: error });
    answer = result;
  });
  return answer;
}
