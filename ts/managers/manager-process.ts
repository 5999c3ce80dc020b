import { type Address, showAddress } from '../connection/address.js';
import { PicklingError } from '../errors.js';
import { info } from '../logging/emit.js';
import type { Launcher } from '../process/launcher.js';
import { registerOwnClass } from '../process/own-classes.js';
import { Process } from '../process/process.js';
import { stateOf } from '../process/process-state.js';
import type { Connection } from '../transport/connection.js';
import { standInFor } from './errors.js';
import { ManagerServer, type ServerConfig } from './manager-server.js';

/** What the server's process is told. */
export interface ManagerBriefing {
  readonly config: ServerConfig;
  /** Where to tell that it serves, or why not. */
  readonly ready: Connection;
  readonly initializer: Function | undefined;
  readonly initargs: readonly unknown[];
}

/** What it tells. */
export type Report = { readonly address: Address } | { readonly error: unknown };

const launchers = new WeakMap<ManagerProcess, Launcher>();

/** The process of a manager's server. Daemonic, but it may have children: those of its pools. */
export class ManagerProcess extends Process<[ManagerBriefing]> {
  constructor(className: string, briefing: ManagerBriefing, launcher: Launcher) {
    super({ daemon: true, args: [briefing] });
    this.name = `${className}-${stateOf(this).identity.join(':')}`;
    stateOf(this).nests = true;
    launchers.set(this, launcher);
  }

  /** @internal */
  override launcher(): Launcher {
    return launchers.get(this)!;
  }

  override async run(): Promise<never> {
    // Ctrl-C reaches the whole group; it is the manager's process that has to say what becomes of this one.
    process.on('SIGINT', () => {});
    const [briefing] = stateOf(this).args as [ManagerBriefing];
    const server = await begin(briefing);
    if (server === undefined) process.exit(1);
    process.on('SIGTERM', () => void server.shutdown());
    await server.serveForever();
    info('manager exiting with exitcode 0');
    // Whatever its objects have left in the event loop does not keep it.
    process.exit(0);
  }
}

registerOwnClass('ManagerProcess', ManagerProcess);

async function begin({
  config,
  ready,
  initializer,
  initargs,
}: ManagerBriefing): Promise<ManagerServer | undefined> {
  try {
    await initializer?.(...initargs);
    const server = new ManagerServer(config);
    const address = await server.listen();
    info('manager serving at %s', showAddress(address));
    await ready.send({ address } satisfies Report);
    return server;
  } catch (error) {
    await ready.send({ error } satisfies Report).catch((cause) => {
      if (!(cause instanceof PicklingError)) throw cause;
      return ready.send({ error: standInFor(error, 'The initializer') } satisfies Report);
    });
    return undefined;
  } finally {
    ready.close();
  }
}
