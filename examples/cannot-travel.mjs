// What cannot travel to another process is found before one is started, and named.
import { Process, setStartMethod } from 'node-multiprocessing';

setStartMethod('spawn');

const cache = { sessions: new WeakMap() };
const lookUp = (key) => cache.sessions.get(key);

const p = new Process({ target: lookUp, args: [{}] });
try {
  await p.start();
} catch (error) {
  console.log(error.code);
  console.log(error.message);
}
console.log('pid:', p.pid);
