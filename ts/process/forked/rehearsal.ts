/**
 * What a forked child does first is code that its parent never runs, so that every child would have to
 * compile it: milliseconds each time. So the parent runs it once, on stand-ins: the child finds it
 * compiled.
 */
import { EventEmitter } from 'node:events';
import { native } from '../../native/binding.js';
import { Channel } from '../../transport/channel.js';
import { Pipe } from '../../transport/pipe.js';
import { runChild } from '../bootstrap.js';
import { installExitHandling } from '../exit.js';
import { enterChild } from './enter-child.js';
import type { Inheritance, InheritedProcess } from './inheritance.js';

const nothing = () => {};

/** Changes nothing that can be seen from outside. */
export function rehearse(): void {
  rehearseBeginning();
  rehearseMessages();
  rehearseEnd();
}

function rehearseBeginning(): void {
  const self = standInProcess();
  const work = { config: { name: '' }, process: { run: nothing }, adopt: nothing };
  enterChild(
    standIns(self),
    {
      name: '',
      diesWithParent: true,
      begin: () => void runChild(work as unknown as Parameters<typeof runChild>[0], self),
    },
    false,
  );
  process.hasUncaughtExceptionCaptureCallback();
  void process.exitCode;
  const event = Symbol('rehearsal');
  process.on(event, nothing);
  process.off(event, nothing);
}

function rehearseMessages(): void {
  const [reader, writer] = Pipe({ duplex: false });
  writer.markShared();
  void writer.send({ rehearsal: [process.pid, 'text', 0.5] });
  reader.recvSync();
  reader.close();
  writer.close();
  const [fd, other] = native.socketPair(true);
  native.closeFd(other);
  const channel = new Channel(fd, { readable: true, writable: true });
  channel.afterFork();
  channel.close();
}

function rehearseEnd(): void {
  const self = standInProcess();
  enterChild(standIns(self), { name: '', diesWithParent: true, begin: nothing }, false);
  installExitHandling(self, () => []);
  try {
    self.emit('beforeExit', 0);
  } catch {
    // Nobody gets beyond the end of a process.
  }
}

type StandIn = InheritedProcess & Pick<NodeJS.Process, 'exitCode' | 'stdout' | 'stderr' | 'title'>;

function standInProcess(): StandIn {
  const members = {
    pid: 0,
    title: '',
    exitCode: undefined,
    stdout: {},
    stderr: {},
    _getActiveHandles: () => [],
    hasUncaughtExceptionCaptureCallback: () => false,
    setUncaughtExceptionCaptureCallback: nothing,
  };
  return Object.assign(new EventEmitter().on('exit', nothing), members) as unknown as StandIn;
}

function standIns(process: InheritedProcess): Inheritance {
  return {
    process,
    globals: {},
    math: { random: () => 0 },
    randomStores: [new Uint8Array(1)],
    timers: { timerListMap: {}, immediateQueue: { head: null } },
    loaderThread: undefined,
    hooksRunOn: 'stand-ins',
    resetCoverage: nothing,
    writeCoverage: nothing,
    native: {
      concealHandles: nothing,
      detachStandardInput: nothing,
      exitNow: nothing,
      fillRandom: nothing,
      forgetRequests: nothing,
      hasRequests: () => false,
      loopIsAlive: () => false,
      pid: () => 0,
      revealHandles: nothing,
      unblockSignals: nothing,
    },
  };
}
