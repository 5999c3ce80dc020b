import type { BaseProxy } from '../base-proxy.js';
import type { TravellingToken } from '../token.js';

/** A server, for proxies of its objects that come back to it. */
export interface RunningServer {
  readonly id: string;
  /** @throws {RemoteError} the object is gone, or the token is none of this server's. */
  adopt(token: TravellingToken): BaseProxy;
}

const running = new Map<string, RunningServer>();

export function serverInThisProcess(id: string): RunningServer | undefined {
  return running.get(id);
}

/** Returns what takes it out again. */
export function registerServer(server: RunningServer): () => void {
  running.set(server.id, server);
  return () => running.delete(server.id);
}
