import { Client, type ClientOptions } from './client.js';
import { type Receiver, receivingClient } from './receiving.js';
import type { TravellingToken } from './token.js';

// By server; another one of the same server may belong to a manager.
const clients = new Map<string, Client>();

/** How long a server on another machine may be silent while it is called, in ms. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** The client for an object that has come to this process. */
export function clientFor({ server, address, tls, hold }: TravellingToken): Receiver {
  if (hold === 'granted') return receivingClient()!;
  let client = clients.get(server);
  if (client === undefined) {
    const options = { address, tls, timeout: DEFAULT_TIMEOUT_MS };
    client = new Client(options, server, () => forget(server));
    clients.set(server, client);
  }
  return client;
}

/** The client of a manager. @throws As `connection.Client` */
export async function connectClient(options: ClientOptions): Promise<Client> {
  const client = new Client(options, undefined, () => {});
  try {
    await client.connect();
  } catch (error) {
    client.close();
    throw error;
  }
  if (!clients.has(client.id!)) clients.set(client.id!, client);
  return client;
}

/** Ends the client of a manager. */
export function closeClient(client: Client): void {
  client.close();
  if (client.id !== undefined && clients.get(client.id) === client) clients.delete(client.id);
}

// Nothing is left of that server here.
function forget(server: string): void {
  clients.get(server)?.close();
  clients.delete(server);
}
