/** A program with a forkserver, in a process of its own, that tests give commands to. */
import { afterEach } from 'vitest';
import { openFds } from './open-fds.js';
import { waitUntil } from './processes.js';
import { type FixtureOptions, type RunningFixture, startFixture } from './run-fixture.js';

export interface ServerOfRoot {
  pid: number;
  address: string;
  /** In hexadecimal digits. */
  key: string;
}

/** What a child tells of itself, and its exit code. */
export interface Ran {
  pid: number;
  /** The pid of the forkserver that made it. */
  server: number;
  uid: number;
  /** By which processes modules were loaded that are in its memory. */
  preloaded: { instance: string; pid: number }[];
  exitCode: number;
}

type Commands = {
  run(code?: number, file?: string): Ran;
  runMany(count: number, code: number): Record<string, number>;
  runIn(method: string): Ran;
  runInWorker(work?: 'run' | 'reserve'): Ran;
  hold(isBusy?: boolean): number;
  killServerAndRun(code: number): Ran;
  join(pid: number): number;
  preload(modules: string[]): null;
  spares(count: number): null;
  server(): ServerOfRoot;
  descriptors(): number;
  setUser(uid: number): null;
  holdStarter(): number;
  startNowhere(): { code: string; left: number };
  startUnpicklable(): { code: string; left: number };
  watchedInFork(): number[];
  heedInterrupt(): null;
  runAfterInterrupt(code: number): Ran;
};

interface Waiter {
  resolve(value: never): void;
  reject(error: unknown): void;
}

export class ForkserverRoot {
  readonly fixture: RunningFixture;
  readonly #waiters = new Map<number, Waiter>();
  #nextId = 0;

  constructor(options?: FixtureOptions) {
    this.fixture = startFixture('forkserver-root.mjs', options);
    void this.#listen();
  }

  get pid(): number {
    return this.fixture.child.pid!;
  }

  /** Rejects with the error of the command. */
  do<C extends keyof Commands>(
    command: C,
    ...args: Parameters<Commands[C]>
  ): Promise<ReturnType<Commands[C]>> {
    const id = this.#nextId++;
    this.fixture.child.stdin!.write(`${JSON.stringify([id, command, ...args])}\n`);
    return new Promise((resolve, reject) => this.#waiters.set(id, { resolve, reject }));
  }

  /** Its server, which runs when this resolves and has spares if it is to have any. */
  async server(): Promise<ServerOfRoot> {
    await this.do('run');
    return this.do('server');
  }

  async end(): Promise<void> {
    const { child } = this.fixture;
    if (child.exitCode === null && child.signalCode === null) child.stdin!.end();
    await this.fixture.ended;
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const [id, value, error] = JSON.parse(await this.fixture.nextLine());
        const { resolve, reject } = this.#waiters.get(id)!;
        this.#waiters.delete(id);
        if (error === undefined) resolve(value as never);
        else reject(Object.assign(new Error(error.message), error));
      }
    } catch (error) {
      for (const { reject } of this.#waiters.values()) reject(error);
      this.#waiters.clear();
    }
  }
}

/** Roots that are ended after each test of the file. */
export function useForkserverRoots(): (options?: FixtureOptions) => ForkserverRoot {
  const roots: ForkserverRoot[] = [];
  afterEach(async () => {
    for (const root of roots.splice(0)) await root.end();
  });
  return (options) => {
    const root = new ForkserverRoot(options);
    roots.push(root);
    return root;
  };
}

/** Waits until a process has no more open descriptors than it had. */
export async function descriptorsBackTo(pid: number, before: number): Promise<void> {
  await waitUntil(() => openFds(pid).length <= before, `for descriptors of ${pid} to be closed`);
}
