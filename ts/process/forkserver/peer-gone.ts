/** Codes of errors that mean that the other end of a connection has gone. */
const CODES = new Set(['ERR_MP_EOF', 'ERR_MP_CLOSED', 'EPIPE', 'ECONNRESET']);

/** Whether the error says that the process at the other end has ended, or has closed the connection. */
export function isPeerGone(error: unknown): boolean {
  return CODES.has((error as NodeJS.ErrnoException | null)?.code ?? '');
}
