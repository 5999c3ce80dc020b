import { createRequire } from 'node:module';

// Lazily: loading the inspector takes milliseconds that a process which never forks need not spend.
const require = createRequire(import.meta.url);

/**
 * The variables of the modules and functions around `fn`, as the debugger sees them: objects among
 * them are the live ones, anything else is a copy. The way to state of Node that no API leads to.
 * @throws ERR_ACCESS_DENIED under the permission model, or without an inspector.
 */
export function variablesAround(fn: Function): Record<string, unknown> {
  const { Session } = require('node:inspector') as typeof import('node:inspector');
  const session = new Session();
  session.connect();
  const key = `multiprocessing:${process.pid}`;
  const holder: { fn: Function; scopes?: ArrayLike<{ object: object }> } = { fn };
  Object.defineProperty(globalThis, key, { value: holder, configurable: true });
  try {
    const expression = `globalThis[${JSON.stringify(key)}]`;
    const holderId = evaluate(session, expression);
    const { internalProperties } = post(session, 'Runtime.getProperties', {
      objectId: evaluate(session, `${expression}.fn`),
      ownProperties: true,
    });
    const scopes = internalProperties.find((p: { name: string }) => p.name === '[[Scopes]]');
    post(session, 'Runtime.callFunctionOn', {
      objectId: holderId,
      functionDeclaration: 'function (scopes) { this.scopes = scopes; }',
      arguments: [{ objectId: scopes.value.objectId }],
    });
    return Object.assign({}, ...Array.from(holder.scopes!, (scope) => scope.object));
  } finally {
    Reflect.deleteProperty(globalThis, key);
    session.disconnect();
  }
}

type Session = import('node:inspector').Session;

function evaluate(session: Session, expression: string): string {
  return post(session, 'Runtime.evaluate', { expression }).result.objectId;
}

// biome-ignore lint/suspicious/noExplicitAny: the protocol's answers have a shape per method
function post(session: Session, method: string, params: object): any {
  let answer: unknown;
  // Calls back before it returns, for all methods of the Runtime domain.
  (session.post as Function)(method, params, (error: Error | null, result: unknown) => {
    if (error) throw Object.assign(new Error(`${method} failed`), { cause: error });
    answer = result;
  });
  return answer;
}
