// Children that import this module, as Python's do: each opens what cannot travel for itself.
import fs from 'node:fs';
import {
  currentProcess,
  isMainProcess,
  Process,
  setImportMain,
  setStartMethod,
} from 'node-multiprocessing';

setStartMethod('spawn');
setImportMain(true);

// The top level runs in every process.
const log = openLog();
let lines = 0;

function openLog() {
  console.log(`${currentProcess().name} opens a log`);
  return fs.createWriteStream('/dev/null');
}

function write(line) {
  log.write(`${line}\n`);
  lines++;
}

function tell() {
  console.log(`${currentProcess().name} has written ${lines} line(s)`);
}

function work() {
  write('done');
  tell();
}

// What only the first process is to do.
if (isMainProcess) {
  const p = new Process({ target: work, name: 'Importer-1' });
  await p.start();
  await p.join();
  tell();
}
