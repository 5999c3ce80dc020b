/** Entry point of a worker_thread that is a `dummy.Process`. */
import { perform } from '../process/bootstrap.js';
import { classOf } from '../process/own-classes.js';
import { receiveValue } from '../threads/thread-start.js';
import { becomeThread } from './current-thread.js';
import type { ThreadDescription } from './thread-process.js';

void main();

async function main(): Promise<void> {
  const { processClass, fields, ...state } = await receiveValue<ThreadDescription>();
  const self = becomeThread(classOf(processClass), state, fields);
  await perform(state.name, 'the target', () => self.run());
}
