// What every pool runs.
const inc = (x) => x + 1;
const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
const functions = { inc, fib };
module.exports = functions;

// Where a child of child_process.fork runs it.
if (require.main === module && process.send !== undefined) {
  process.on('message', ({ id, fn, arg }) => process.send({ id, result: functions[fn](arg) }));
}
