import { type InspectorSession, openSession, post } from './inspector-session.js';

/**
 * The variables of the modules and functions around `fn`, as the debugger sees them: objects among
 * them are the live ones, anything else is a copy. The way to state of Node that no API leads to.
 * @throws ERR_ACCESS_DENIED under the permission model, or without an inspector.
 */
export function variablesAround(fn: Function): Record<string, unknown> {
  const scopes = inspectObject(fn, ({ internalProperties }) =>
    internalProperties.find(({ name }) => name === '[[Scopes]]'),
  ) as ArrayLike<{ object: object }>;
  // The outermost is the global object, whose getters would load what nobody has used.
  const inner = Array.from(scopes, (scope) => scope.object).filter(
    (object) => object !== globalThis,
  );
  return Object.assign({}, ...inner);
}

/** The object in the private field of `owner` whose name matches, `#` included; undefined: none. */
export function privateObject(owner: object, name: RegExp): object | undefined {
  return inspectObject(owner, ({ privateProperties = [] }) =>
    privateProperties.find((field) => name.test(field.name)),
  );
}

interface Properties {
  readonly internalProperties: Property[];
  readonly privateProperties?: Property[];
}

interface Property {
  readonly name: string;
  readonly value?: { readonly objectId?: string };
}

/** The live object behind the property that is chosen. */
function inspectObject(
  object: object,
  choose: (properties: Properties) => Property | undefined,
): object | undefined {
  const session = openSession();
  const key = `multiprocessing:${process.pid}`;
  const holder: { object: object; found?: object } = { object };
  Object.defineProperty(globalThis, key, { value: holder, configurable: true });
  try {
    const expression = `globalThis[${JSON.stringify(key)}]`;
    const properties: Properties = post(session, 'Runtime.getProperties', {
      objectId: evaluate(session, `${expression}.object`),
      ownProperties: true,
    });
    const objectId = choose(properties)?.value?.objectId;
    if (objectId === undefined) return undefined;
    post(session, 'Runtime.callFunctionOn', {
      objectId: evaluate(session, expression),
      functionDeclaration: 'function (found) { this.found = found; }',
      arguments: [{ objectId }],
    });
    return holder.found;
  } finally {
    Reflect.deleteProperty(globalThis, key);
    session.disconnect();
  }
}

function evaluate(session: InspectorSession, expression: string): string {
  return post(session, 'Runtime.evaluate', { expression }).result.objectId;
}
