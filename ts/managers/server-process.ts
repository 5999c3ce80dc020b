import type { Address } from '../connection/address.js';
import { EOFError, ProcessError } from '../errors.js';
import { describeExitCode } from '../process/exit-status.js';
import type { Launcher } from '../process/launcher.js';
import { Pipe } from '../transport/pipe.js';
import type { WaitOptions } from '../transport/wait-options.js';
import type { StartOptions } from './manager-options.js';
import { ManagerProcess, type Report } from './manager-process.js';
import type { ServerConfig } from './manager-server.js';

/** How a manager has its server started, and ended. */
export interface ServerProcessOptions {
  readonly launcher: Launcher;
  /** How long it gets to end by itself, and then by SIGTERM, in ms; undefined: for ever. */
  readonly shutdownTimeout: number | undefined;
}

/** The process of a server, as the manager that starts it has it. */
export class ServerProcess {
  readonly #className: string;
  readonly #options: ServerProcessOptions;
  readonly #creatorPid = process.pid;
  #process: ManagerProcess | undefined;

  /** @param className - Of the manager: the process is named after it. */
  constructor(className: string, options: ServerProcessOptions) {
    this.#className = className;
    this.#options = options;
  }

  /** Not in a fork of the process that has started it. */
  get isOurs(): boolean {
    return this.#process !== undefined && this.#creatorPid === process.pid;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /**
   * Starts the process.
   * @returns Where it serves, as soon as it does.
   * @throws What the initializer throws; as `ManagerServer.listen` and `Process.start`
   * @throws {ProcessError} ERR_MP_PROCESS: it ended before it served.
   */
  async start(
    config: ServerConfig,
    { initializer, initargs = [] }: StartOptions,
  ): Promise<Address> {
    const [reader, ready] = Pipe({ duplex: false });
    try {
      const briefing = { config, ready, initializer, initargs };
      const { launcher } = this.#options;
      const started = new ManagerProcess(this.#className, briefing, launcher);
      await started.start();
      this.#process = started;
      ready.close();
      return addressFrom(await reader.recv<Report>().catch((error) => explain(error, started)));
    } finally {
      reader.close();
      ready.close();
    }
  }

  /** Of one that was started. */
  join(options?: WaitOptions): Promise<number | null> {
    return this.#process!.join(options);
  }

  /** Waits until the process has ended, which was asked to; and makes it end if it does not in time. */
  async end(): Promise<void> {
    const started = this.#process;
    if (started === undefined) return;
    const timeout = this.#options.shutdownTimeout;
    if ((await started.join({ timeout })) !== null) return;
    started.terminate();
    if ((await started.join({ timeout })) !== null) return;
    started.kill();
    await started.join();
  }
}

async function explain(error: unknown, started: ManagerProcess): Promise<never> {
  if (!(error instanceof EOFError)) throw error;
  const exitCode = await started.join();
  throw new ProcessError(
    `The process of the manager's server ended before it served, with exit code ${describeExitCode(exitCode!)}`,
  );
}

function addressFrom(report: Report): Address {
  if ('error' in report) throw report.error;
  return report.address;
}
