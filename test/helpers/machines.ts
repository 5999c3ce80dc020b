/** Two machines with a cable between them: network namespaces, where this process may make such. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';

const program = path.resolve(import.meta.dirname, '../fixtures/machine.mjs');

interface Outcome {
  readonly value?: unknown;
  readonly code?: string;
  readonly message?: string;
  /** How long it took. */
  readonly ms: number;
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { stdio: 'pipe', encoding: 'utf8' });
}

/** Why there can be none; undefined where there can. */
export function whyNoMachines(): string | undefined {
  const name = `mp-probe-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'delete', name);
    return undefined;
  } catch (error) {
    return `network namespaces cannot be made: ${(error as Error).message}`;
  }
}

/** One of the two, with a program on it that does what it is told. */
export class Machine {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string) {
    this.#name = name;
    this.#child = spawn('ip', ['netns', 'exec', name, process.execPath, program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Runs JavaScript there: the body of an async function of `mp`, `net` and `s`. */
  async run(code: string): Promise<Outcome> {
    const outcome = await this.attempt(code);
    if ('message' in outcome) throw new Error(`${outcome.message}, on ${this.#name}`);
    return outcome;
  }

  /** The same, for what may throw. */
  async attempt(code: string): Promise<Outcome> {
    this.#child.stdin!.write(`${code.replaceAll(/\s*\n\s*/g, ' ')}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`The program on ${this.#name} has ended`);
    return JSON.parse(value);
  }

  cut(): void {
    ip('-n', this.#name, 'link', 'set', 'cable', 'down');
  }

  mend(): void {
    ip('-n', this.#name, 'link', 'set', 'cable', 'up');
  }

  /**
   * Waits until what it sends arrives there, and an answer here. What is sent before the systems have noticed the
   * cable is lost, and asking for the other's hardware address is tried again after a second only: any time limit of
   * that order would be the limit of that.
   */
  async reaches(host: string): Promise<void> {
    const connect = `return new Promise((resolve) =>
      net.connect(1, '${host}').once('error', (error) => resolve(error.code)));`;
    // Only a system that was reached can refuse.
    while ((await this.run(connect)).value !== 'ECONNREFUSED') await setImmediate();
  }

  /** Everything that leaves it takes so long. @returns Whether the system can do that. */
  delay(ms: number): boolean {
    try {
      const netem = ['qdisc', 'replace', 'dev', 'cable', 'root', 'netem', 'delay', `${ms}ms`];
      execFileSync('tc', ['-n', this.#name, ...netem], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin!.end();
    await ended;
    ip('netns', 'delete', this.#name);
  }
}

/** @param hosts - Their addresses, in one network of 256. */
export function twoMachines(hosts: readonly [string, string]): [Machine, Machine] {
  const names = hosts.map((_, index) => `mp-${process.pid}-${index}`) as [string, string];
  for (const name of names) ip('netns', 'add', name);
  const [one, other] = names;
  ip('-n', one, 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', other);
  for (const [index, name] of names.entries()) {
    ip('-n', name, 'address', 'add', `${hosts[index]}/24`, 'dev', 'cable');
    // Also for the way from a machine to itself.
    for (const device of ['lo', 'cable']) ip('-n', name, 'link', 'set', device, 'up');
  }
  return [new Machine(one), new Machine(other)];
}
