import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface OpenFd {
  fd: number;
  /** What it is: a path, `socket:[123]`, `anon_inode:[eventfd]`. */
  target: string;
  closeOnExec: boolean;
}

const O_CLOEXEC = 0o2000000;

/** The open descriptors of a process, this one by default. */
export function openFds(pid: number | 'self' = 'self'): OpenFd[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${name}`);
      const info = readFileSync(`/proc/${pid}/fdinfo/${name}`, 'utf8');
      const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)![1]!, 8);
      return {
        fd: Number(name),
        target,
        closeOnExec: (flags & O_CLOEXEC) !== 0,
      };
    } catch {
      // The descriptor of the listing itself, closed by now.
      return [];
    }
  });
}

/** Those of them that are sockets. */
export function openSockets(pid?: number | 'self'): OpenFd[] {
  return openFds(pid).filter(({ target }) => target.startsWith('socket:'));
}
