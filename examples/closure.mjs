// A spawned process shares no memory with its parent, and yet any function may run in it: the
// function travels with the variables that it uses, as they are at the start.
import { getContext } from 'node-multiprocessing';

const { Process, Pipe } = getContext('spawn');

class Account {
  #log = [];
  constructor(owner) {
    this.owner = owner;
  }
  describe(amount) {
    this.#log.push(amount);
    return `${this.owner} has ${amount}`;
  }
}

function makeReporter(owner, connection) {
  let amount = 100;
  return {
    report: async () => {
      amount += 1; // The child's own copy.
      await connection.send(new Account(owner).describe(amount));
    },
    spend: () => {
      amount -= 30;
    },
    amount: () => amount,
  };
}

const [ours, theirs] = Pipe();
const reporter = makeReporter('Ada', theirs);
reporter.spend();

const p = new Process({ target: reporter.report });
await p.start();
console.log('child:', await ours.recv());
await p.join();
console.log('parent:', reporter.amount());
