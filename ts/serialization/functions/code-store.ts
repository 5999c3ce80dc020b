/** The code that this process has received: by id, compiled as often as it is needed. */
import { PicklingError } from '../../errors.js';
import type { UnpickleContext } from '../contexts.js';
import type { Code } from './code-facts.js';

const STORE = Symbol('code of a payload');
const MAX_KEPT = 1000;

/** Code that a peer will refer to in later payloads. Never dropped: the peer relies on it. */
const kept = new Map<string, Code>();
/** The latest code of all payloads, so that what was compiled for it can be used again. */
const recent = new Map<string, Code>();

/** @throws PicklingError when the payload names code that has not been sent here. */
export function codeOf(
  { code, keep }: { code: Code | string; keep: boolean },
  context: UnpickleContext,
): Code {
  const codes = codesIn(context);
  if (typeof code === 'string') {
    const known = codes.get(code) ?? kept.get(code);
    if (known !== undefined) return known;
    throw new PicklingError(
      `The code ${code} was to be known here, and is not: it must have been sent to another process`,
    );
  }
  const same = recentlySeen(code);
  codes.set(same.id, same);
  if (keep) kept.set(same.id, same);
  return same;
}

function codesIn({ scratch }: UnpickleContext): Map<string, Code> {
  let codes = scratch.get(STORE) as Map<string, Code> | undefined;
  if (codes === undefined) {
    codes = new Map();
    scratch.set(STORE, codes);
  }
  return codes;
}

/** One object for the same code, in order of last use. */
function recentlySeen(code: Code): Code {
  const seen = recent.get(code.id);
  const same = seen?.text === code.text ? seen : code;
  recent.delete(same.id);
  recent.set(same.id, same);
  if (recent.size > MAX_KEPT) recent.delete(recent.keys().next().value!);
  return same;
}
