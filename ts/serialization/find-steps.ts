/** Finds the way from one object to another inside it; only used to explain an error. */
import { itemStep, mapValueStep, namedStep, propertyStep, type Step } from './trail.js';

// An explanation may take milliseconds, not seconds.
const VISITED = 20_000;

interface Found {
  readonly owner: object;
  readonly step: () => Step;
}

/** Steps from `target` outwards to `from`, breadth first, by data properties and collections. */
export function findSteps(from: object | undefined, target: object): Step[] {
  if (from === undefined) return [namedStep('…')];
  const ways = new Map<object, Found | undefined>([[from, undefined]]);
  for (const owner of ways.keys()) {
    if (owner === target) return stepsBack(ways, target);
    if (ways.size > VISITED) break;
    for (const [value, step] of partsOf(owner)) {
      if (isObject(value) && !ways.has(value)) ways.set(value, { owner, step });
    }
  }
  return ways.has(target) ? stepsBack(ways, target) : [namedStep('…')];
}

function stepsBack(ways: Map<object, Found | undefined>, target: object): Step[] {
  const steps: Step[] = [];
  for (let way = ways.get(target); way; way = ways.get(way.owner)) {
    steps.push(way.step());
  }
  return steps;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function* partsOf(owner: object): Generator<[unknown, () => Step]> {
  if (owner instanceof Map) {
    for (const [key, value] of owner) {
      yield [key, () => namedStep('key of Map object')];
      yield [value, () => mapValueStep(owner, key)];
    }
  } else if (owner instanceof Set) {
    for (const value of owner) {
      yield [value, () => namedStep('item of Set object')];
    }
  }
  if (!ArrayBuffer.isView(owner)) yield* propertiesOf(owner);
}

function* propertiesOf(owner: object): Generator<[unknown, () => Step]> {
  for (const key of Reflect.ownKeys(owner)) {
    // A getter is not called again.
    const { value } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
    yield [value, () => keyStep(owner, key)];
  }
}

function keyStep(owner: object, key: string | symbol): Step {
  return Array.isArray(owner) && /^\d+$/.test(String(key))
    ? itemStep(owner, Number(key))
    : propertyStep(owner, key);
}
