import type { Address } from '../connection/address.js';
import { InvalidStateError } from '../errors.js';
import type { Launcher } from '../process/launcher.js';
import { Pipe } from '../transport/pipe.js';
import type { WaitOptions } from '../transport/wait-options.js';
import type { StartOptions } from './manager-options.js';
import { ManagerProcess, type Report } from './manager-process.js';
import type { ServerConfig } from './manager-server.js';

/** How a manager has its server started, and ended. */
export interface ServerProcessOptions {
  readonly launcher: () => Launcher;
  /** How long it gets to end by itself, and then by SIGTERM, in ms; undefined: for ever. */
  readonly shutdownTimeout: number | undefined;
}

/** The process of a server, as the manager that starts it has it. */
export class ServerProcess {
  readonly #className: string;
  readonly #options: ServerProcessOptions;
  #process: ManagerProcess | undefined;

  /** @param className - Of the manager: the process is named after it. */
  constructor(className: string, options: ServerProcessOptions) {
    this.#className = className;
    this.#options = options;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /**
   * Starts the process.
   * @returns Where it serves, as soon as it does.
   * @throws What the initializer throws; as `ManagerServer.listen` and `Process.start`
   */
  async start(
    config: ServerConfig,
    { initializer, initargs = [] }: StartOptions,
  ): Promise<Address> {
    const [reader, ready] = Pipe({ duplex: false });
    try {
      const briefing = { config, ready, initializer, initargs };
      const process = new ManagerProcess(this.#className, briefing, this.#options.launcher);
      await process.start();
      this.#process = process;
      ready.close();
      return addressFrom(await reader.recv<Report>());
    } finally {
      reader.close();
      ready.close();
    }
  }

  /** @throws {InvalidStateError} it was not started. */
  async join(options?: WaitOptions): Promise<number | null> {
    if (this.#process === undefined) throw new InvalidStateError('The manager has no process');
    return this.#process.join(options);
  }

  /** Waits until the process has ended, which was asked to; and makes it end if it does not in time. */
  async end(): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    const timeout = this.#options.shutdownTimeout;
    if ((await process.join({ timeout })) !== null) return;
    process.terminate();
    if ((await process.join({ timeout })) !== null) return;
    process.kill();
    await process.join();
  }
}

function addressFrom(report: Report): Address {
  if ('error' in report) throw report.error;
  return report.address;
}
