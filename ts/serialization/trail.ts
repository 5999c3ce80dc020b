/** Where in a value something is, for the errors of the encoder. */
import { types } from 'node:util';
import { PicklingError } from '../errors.js';

/** One step from a container to what it holds. */
export interface Step {
  /** For the trail: `property 'wm' of Object object`. */
  readonly label: string;
  /** For the dotted path: `.wm`, `[1]`. */
  readonly access: string;
  /** What the user may do about it. */
  readonly advice?: string | undefined;
}

// A trail of a million nodes helps nobody: both ends are shown.
const SHOWN_STEPS = 24;

/** What an object is called in errors: its class, else the tag of its kind. */
export function describeObject(object: object): string {
  if (types.isProxy(object)) return 'Proxy';
  const name = classNameOf(object);
  return name === undefined || isVague(name) ? tagOf(object) : name;
}

// Since Node 22 all builtin iterators inherit from a class `Iterator`; their tags say of what.
const isVague = (name: string) => name === 'Object' || name === 'Iterator';

function tagOf(object: object): string {
  try {
    return Object.prototype.toString.call(object).slice(8, -1);
  } catch {
    return 'Object';
  }
}

function classNameOf(object: object): string | undefined {
  try {
    const name: unknown = object.constructor?.name;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

export function cannotPickle(object: object, reason = ''): PicklingError {
  return new PicklingError(
    `cannot pickle ${describeObject(object)} object${reason && `: ${reason}`}`,
  );
}

export function propertyStep(owner: object, key: string | symbol): Step {
  const text = typeof key === 'string' ? `'${key}'` : `[${String(key)}]`;
  return {
    label: `property ${text} of ${describeObject(owner)} object`,
    access: accessOf(key),
  };
}

function accessOf(key: string | symbol): string {
  if (typeof key === 'symbol') return `[${String(key)}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

export function itemStep(owner: object, index: number): Step {
  return {
    label: `item ${index} of ${describeObject(owner)} object`,
    access: `[${index}]`,
  };
}

/** The step to a value of a Map, by its key where the key can be shown. */
export function mapValueStep(map: object, key: unknown): Step {
  const shown = typeof key === 'string' || typeof key === 'number';
  const name = shown ? JSON.stringify(key) : 'a key';
  return {
    label: `value of ${name} in ${describeObject(map)} object`,
    access: shown ? `.get(${name})` : '.<value>',
  };
}

/** A step that has a name but no expression which leads there. */
export function namedStep(label: string, advice?: string): Step {
  return { label, access: `.<${label}>`, advice };
}

/** The error for the caller: what cannot travel, the way to it, innermost step first, and a way out. */
export function explain(error: unknown, steps: readonly Step[], root: string): PicklingError {
  const access = shorten([...steps].reverse(), '…', accessText).join('');
  // Without a root the path begins at the first property: `args[1].cb`.
  const path = (root + access).replace(/^\./, '');
  const trail = shorten(steps, (count) => `… ${count} more`, labelText);
  const [what, ...rest] = whatOf(error).split('\n');
  const { advice } = steps.find((step) => step.advice !== undefined) ?? {};
  const wayOut = advice === undefined ? [] : [advice];
  const message = [`${what} at ${path}`, ...rest, ...trail.map(indent), ...wayOut];
  const known = error instanceof PicklingError ? error.cause : error;
  return new PicklingError(message.join('\n'), {
    path,
    trail,
    ...(known === undefined ? {} : { cause: known }),
  });
}

const accessText = (step: Step) => step.access;
const labelText = (step: Step) => step.label;
const indent = (line: string) => `  ${line}`;

function shorten(
  steps: readonly Step[],
  gap: string | ((count: number) => string),
  show: (step: Step) => string,
): string[] {
  if (steps.length <= SHOWN_STEPS) return steps.map(show);
  const half = SHOWN_STEPS / 2;
  const left = steps.length - SHOWN_STEPS;
  return [
    ...steps.slice(0, half).map(show),
    typeof gap === 'string' ? gap : gap(left),
    ...steps.slice(-half).map(show),
  ];
}

function whatOf(error: unknown): string {
  if (error instanceof PicklingError) return error.message;
  try {
    return `cannot pickle a value: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  } catch {
    return 'cannot pickle a value';
  }
}
