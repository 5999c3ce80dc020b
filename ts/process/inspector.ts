/**
 * The inspector, to which debuggers connect. Each process has its own, on a port of its own: a child
 * has one where the user has asked for it on the command line, as the workers of node:cluster do.
 */
import { createRequire } from 'node:module';
import { ownConfig } from './this-process.js';

/** Where an inspector listens. */
export interface InspectorAddress {
  readonly host: string;
  readonly port: number;
}

// Lazily: loading them takes milliseconds that few processes need to spend.
const require = createRequire(import.meta.url);
const inspector = () => require('node:inspector') as typeof import('node:inspector');
const net = () => require('node:net') as typeof import('node:net');

const MAX_PORT = 65_535;
const ANY_PORT = 0;

/** Of the children that run. */
const takenPorts = new Set<number>();

/** The port of this process's inspector; 0 while it is not active. */
export function inspectorPort(): number {
  return ownAddress()?.port ?? 0;
}

function ownAddress(): InspectorAddress | undefined {
  const url = inspector().url();
  if (url === undefined) return undefined;
  const { hostname, port } = new URL(url);
  // An IPv6 address stands in brackets there.
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/**
 * Where the next child's inspector shall listen: at the first port after this process's that no child
 * has; below the root anywhere, since the ports there are those of this process's siblings. Undefined
 * when the child shall have none.
 */
export function takeInspectorAddress(): InspectorAddress | undefined {
  const own = isAskedFor() ? ownAddress() : undefined;
  if (own === undefined) return undefined;
  if (ownConfig() !== undefined) return { host: own.host, port: ANY_PORT };
  let port = own.port + 1;
  while (takenPorts.has(port)) port++;
  takenPorts.add(port);
  return { host: own.host, port };
}

/** When the child has ended, or was not started. */
export function releaseInspectorAddress(address: InspectorAddress | undefined): void {
  if (address !== undefined) takenPorts.delete(address.port);
}

// Not where the program has opened it, or a signal: that was for this process alone.
function isAskedFor(): boolean {
  const config = ownConfig();
  if (config !== undefined) return config.inspector !== undefined;
  return process.execArgv.some((option) => OPTION.test(option)) || isInEnvironment();
}

const OPTION = /^--inspect(?:-brk|-wait)?(?:=|$)/;

function isInEnvironment(): boolean {
  return /(?:^|[ "])--inspect(?:-brk|-wait)?(?:[= "]|$)/.test(process.env['NODE_OPTIONS'] ?? '');
}

/**
 * Options for a Node that would start its inspector where this process has its own, because the
 * environment says so. It opens one by itself when it knows where.
 */
export function refuseInspector(): string[] {
  return isInEnvironment() ? ['--no-inspect-brk', '--no-inspect-wait', '--no-inspect'] : [];
}

/** In the child, before its work. It does not wait for a debugger, also under --inspect-brk. */
export async function openInspector({ host, port }: InspectorAddress): Promise<void> {
  // A module that was preloaded may have opened it, as those of some editors do.
  if (ownAddress() !== undefined) return;
  // Another program may have the port. Node would say so on stderr, and go without.
  inspector().open((await isFree(host, port)) ? port : ANY_PORT, host);
}

function isFree(host: string, port: number): Promise<boolean> {
  if (port === ANY_PORT || port > MAX_PORT) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = net()
      .createServer()
      .once('error', () => resolve(false))
      .listen({ host, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Child side of a fork, when the parent's connections are gone. Makes Node forget the parent's inspector:
 * `url()` tells nothing, and `open()` opens one of this process's own.
 */
export function closeInspector(): void {
  // Waits for a thread that does not exist, which is no wait: libc counts it as ended.
  inspector().close();
}
