/** Why a function cannot travel, and what the user can do about it. */
import { PicklingError } from '../../errors.js';
import { usesSuper } from './source-probe.js';

const WAY_OUT = 'export it from a module of its own, which travels by reference';

/** For what stands at the top level of the main module, and cannot be copied. */
export const ADVICE_ON_MAIN =
  'With setImportMain(true) each process has the variables of the main module for itself';

export function refuse(description: string, ...reasons: string[]): PicklingError {
  return new PicklingError([`cannot pickle ${description}`, ...reasons].join('\n  '));
}

/** The text does not compile on its own: V8's complaint says which surroundings it needs. */
export function refuseText(description: string, complaint: string): PicklingError {
  const needed = neededSurroundings(complaint);
  return needed === undefined
    ? refuse(description, `its text does not compile on its own: ${complaint}`)
    : refuse(description, `it uses ${needed} of its surroundings`, WAY_OUT);
}

function neededSurroundings(complaint: string): string | undefined {
  if (complaint.includes('#')) return `the private name ${/#[^'\s]+/.exec(complaint)?.[0]}`;
  if (complaint.includes('super')) return '`super`';
  if (complaint.includes('new.target')) return '`new.target`';
  return undefined;
}

export function refuseOuterThis(description: string): PicklingError {
  return refuse(
    description,
    'it is an arrow function that uses `this` of its surroundings',
    `pass the object as an argument, or ${WAY_OUT}`,
  );
}

/** A member that uses `super` compiles alone, but would look for it in the wrong place. */
export function refuseLoneMember(description: string, text: string): void {
  if (!usesSuper(text)) return;
  throw refuse(
    description,
    'it uses `super` of the object or class it belongs to',
    `send a method bound to its instance, or ${WAY_OUT}`,
  );
}

export function refuseNative(description: string): PicklingError {
  return refuse(
    description,
    'it is native code that no global object and no module of Node makes reachable',
  );
}
