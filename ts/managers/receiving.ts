import type { Client } from './client.js';

let current: Client | undefined;

/** What is decoded by `fn` has come from the server of this client, which has given it what is in there. */
export function receivingFor<T>(client: Client, fn: () => T): T {
  const outer = current;
  current = client;
  try {
    return fn();
  } finally {
    current = outer;
  }
}

export function receivingClient(): Client | undefined {
  return current;
}
