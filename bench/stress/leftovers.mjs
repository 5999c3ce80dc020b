// What a stress run may leave behind, or let grow.
import { readdirSync, readFileSync } from 'node:fs';

const children = () => {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
  return pids.split(' ').filter(Boolean).map(Number);
};

/** The forkserver that this process has started, if it runs. */
export function findServer() {
  return children().find((pid) => commandOf(pid).startsWith('multiprocessing'));
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

export function openDescriptors(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export function residentMb(pid) {
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return Math.round((Number(pages) * 4096) / 2 ** 20);
}

export function undertakers() {
  return children().filter((pid) => commandOf(pid) === 'undertaker\n');
}

/** Children of this process that have ended and that nobody has reaped. */
export function zombies() {
  return children().filter((pid) => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
}
