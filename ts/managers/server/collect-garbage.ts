import { setImmediate as nextTurn } from 'node:timers/promises';

/** An object that refers to another one, and so on, needs several. */
const ROUNDS = 5;

let gc: (() => void) | undefined;

/** For the count of objects: those that others refer to are freed by V8, which takes its time. */
export async function collectGarbage(): Promise<void> {
  if (gc === undefined) {
    process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
    gc = process.getBuiltinModule('node:vm').runInNewContext('gc') as () => void;
  }
  // A weak reference that was looked at is strong until the end of the turn; finalizers have one of their own.
  for (let round = 0; round < ROUNDS; round++) {
    await nextTurn();
    gc();
  }
  await nextTurn();
}
