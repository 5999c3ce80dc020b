// What require() of this package loads: the same ES module as import does, by way of Node's own require().
// That of a CommonJS module which import has loaded (under tsx, every .cts file) fails on Node 20 for an
// ES module that imports another.
const { createRequire } = require('node:module');

module.exports = createRequire(__filename)('./index.js');
