import { setImmediate as nextTurn } from 'node:timers/promises';

const TURNS = 3;

let gc: (() => void) | undefined;

/** For the count of objects: those that others refer to are freed by V8, which takes its time. */
export async function collectGarbage(): Promise<void> {
  if (gc === undefined) {
    process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
    gc = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  }
  // A weak reference that was looked at is strong until the end of the turn; and what happened in this one, such as
  // an answer, may still refer to something.
  for (let turn = 0; turn < TURNS; turn++) {
    await nextTurn();
    gc();
  }
}
