// Child of child_process.fork in start.mjs.
process.send(1, () => process.disconnect());
