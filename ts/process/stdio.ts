import fs from 'node:fs';
import { OncePerProcess } from '../lifecycle/once-per-process.js';
import { type NativeBinding, native } from '../native/binding.js';
import { mayBeLoaded } from './loaded-builtins.js';

type Done = (error?: Error | null) => void;

/** The members of a writable stream that are ours to replace. */
interface WritableInternals {
  _write(chunk: Uint8Array | string, encoding: BufferEncoding, done: Done): void;
  _writev:
    | ((chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], done: Done) => void)
    | null;
}

/** Whether stdout or stderr may have been used. Node makes such a stream when it is first asked for. */
function mayHaveOutput(): boolean {
  // What Node makes them of.
  return mayBeLoaded(/ (net|tty|internal\/fs\/sync_write_stream)$/);
}

const madeSynchronous = new OncePerProcess();

/**
 * Makes what a child writes to stdout and stderr complete whatever comes next: `process.exit()`, or
 * a SIGKILL. Where they are pipes or sockets, Node would keep what does not fit at once in memory.
 * The descriptor itself is left as it is, since other processes share it. Once per process.
 */
export function makeOutputSynchronous(self: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void {
  if (!madeSynchronous.isFirst(self)) return;
  writeAtOnce(self, 'stdout', 1);
  writeAtOnce(self, 'stderr', 2);
}

function writeAtOnce(
  self: Pick<NodeJS.Process, 'stdout' | 'stderr'>,
  name: 'stdout' | 'stderr',
  fd: number,
): void {
  const property = Object.getOwnPropertyDescriptor(self, name);
  const getStream = property?.get;
  if (getStream === undefined || mayHaveOutput()) {
    writeStreamAtOnce(self[name], fd);
    return;
  }
  let stream: NodeJS.WriteStream | undefined;
  const get = () => {
    stream ??= writeStreamAtOnce(getStream.call(self), fd);
    return stream;
  };
  Object.defineProperty(self, name, { ...property, get });
}

/** Text that this package itself has to write to stderr. */
export function writeError(text: string): void {
  const bytes = Buffer.from(`${text}\n`);
  witness?.(bytes);
  native.writeAll(2, bytes);
}

type Witness = (chunk: Uint8Array | string) => void;

let witness: Witness | undefined;

/** From now on `see` is told of all that this process writes to stderr by JavaScript. */
export function witnessErrors(see: Witness): void {
  witness = see;
  const property = Object.getOwnPropertyDescriptor(process, 'stderr')!;
  let seen: NodeJS.WriteStream | undefined;
  const get = () => {
    // Made when it is first asked for, not sooner.
    const stream = property.get?.call(process) ?? property.value;
    if (stream !== seen) watch(stream, see);
    seen = stream;
    return stream;
  };
  const { enumerable = true } = property;
  Object.defineProperty(process, 'stderr', { get, configurable: true, enumerable });
}

function watch(stream: NodeJS.WriteStream, see: Witness): void {
  const { write } = stream;
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    see(chunk);
    return Reflect.apply(write, stream, [chunk, ...rest]);
  };
}

function writeStreamAtOnce(stream: NodeJS.WriteStream, fd: number): NodeJS.WriteStream {
  // Node writes to files and terminals at once. Files have no handle.
  if (!('_handle' in stream) || stream.isTTY) return stream;
  const internals = stream as unknown as WritableInternals;
  internals._write = (chunk, encoding, done) => attempt(done, () => write(fd, chunk, encoding));
  internals._writev = (chunks, done) =>
    attempt(done, () => {
      for (const { chunk, encoding } of chunks) write(fd, chunk, encoding);
    });
  return stream;
}

function write(fd: number, chunk: Uint8Array | string, encoding: BufferEncoding): void {
  native.writeAll(fd, typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
}

function attempt(done: Done, action: () => void): void {
  try {
    action();
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}

/** Resolves when this process has nothing left to write: a forked child would write it again. */
export async function flushOutput(): Promise<void> {
  if (!mayHaveOutput()) return;
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
}

function flush(stream: NodeJS.WriteStream): Promise<void> | undefined {
  if (stream.writableLength === 0 || stream.destroyed) return undefined;
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.write('', () => {
      stream.off('close', resolve);
      resolve();
    });
  });
}

/** Child side. Stdin is /dev/null, also where the parent's had been opened already. */
export function detachInput(
  process: object,
  { detachStandardInput }: Pick<NativeBinding, 'detachStandardInput'>,
): void {
  detachStandardInput();
  let stdin: fs.ReadStream | undefined;
  Object.defineProperty(process, 'stdin', {
    configurable: true,
    enumerable: true,
    get: () => {
      stdin ??= fs.createReadStream('', { fd: 0, autoClose: false });
      return stdin;
    },
  });
}
