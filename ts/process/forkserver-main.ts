/**
 * Entry point of the forkserver. All code of this package is compiled before the first fork: V8 would
 * compile a function when it is first called, so that every child would have to do it again.
 */
import v8 from 'node:v8';

v8.setFlagsFromString('--no-lazy');
const file = './forkserver-program.js';
await import(file);
// Of the program's modules a child needs what it calls. And with other flags than Node was built with,
// Node's own modules, which are there compiled, would have to be compiled again.
v8.setFlagsFromString('--lazy');
