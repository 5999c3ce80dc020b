// A process as a class of its own: `run()` is what the child does, with the object's fields.
import { Pipe, Process } from 'node-multiprocessing';

class Adder extends Process {
  constructor(numbers, connection) {
    super();
    this.numbers = numbers;
    this.connection = connection;
  }

  async run() {
    const sum = this.numbers.reduce((a, b) => a + b, 0);
    await this.connection.send(`${this.name}: ${sum}`);
  }
}

const [reader, writer] = Pipe({ duplex: false });
const adders = [new Adder([1, 2, 3], writer), new Adder([10, 20, 30], writer)];
for (const adder of adders) {
  await adder.start();
  console.log(await reader.recv());
}
for (const adder of adders) console.log(`${adder.name} ended with`, await adder.join());
