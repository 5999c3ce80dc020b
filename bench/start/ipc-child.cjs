// Child of child_process.fork in ipc.mjs; in memory.mjs it stays until its parent disconnects.
process.send(1, () => {
  if (process.argv[2] !== 'stay') process.disconnect();
});
