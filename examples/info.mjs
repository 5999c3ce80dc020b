// Who is who: names and process ids, of the parent and of its child.
import { currentProcess, Process } from 'node-multiprocessing';

function info(title) {
  console.log(title);
  console.log('process name:', currentProcess().name);
  console.log('parent process:', process.ppid);
  console.log('process id:', process.pid);
}

function greet(name) {
  info('function greet');
  console.log('hello', name);
}

info('main line');
const p = new Process({ target: greet, args: ['bob'] });
await p.start();
await p.join();
