// A server that others find by its address, clients in processes of their own, and one that has not got the key.
import { connection, Process } from 'node-multiprocessing';

async function greet(address, name) {
  const server = await connection.Client(address, { authkey: 'secret' });
  await server.send(name);
  console.log(await server.recv());
  server.close();
}

async function guess(address) {
  try {
    await connection.Client(address, { authkey: 'password' });
  } catch (error) {
    console.log(`the stranger has an ${error.name}`);
  }
}

const listener = new connection.Listener(undefined, { authkey: 'secret' });

async function serve() {
  for await (const client of listener) {
    await client.send(`hello ${await client.recv()}`);
    client.close();
  }
}

const serving = serve();
for (const [target, ...args] of [[greet, 'alice'], [guess], [greet, 'bob']]) {
  const p = new Process({ target, args: [listener.address, ...args] });
  await p.start();
  await p.join();
}
listener.close();
await serving;
