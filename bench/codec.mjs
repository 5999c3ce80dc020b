/**
 * Our codec against v8.serialize, JSON and msgpackr. Needs dist/ (`npm run build`).
 * Usage: node bench/codec.mjs [part of a task's name]
 */
import v8 from 'node:v8';
import { Packr } from 'msgpackr';
import { decode, encode } from '../dist/serialization/codec.js';
import { measure, printTable } from './measure.mjs';

const plain = new Packr();
// Cycles, Maps and the like need its other mode.
const full = new Packr({ structuredClone: true, moreTypes: true });

const tasks = {
  'small {id, s}': { id: 1, s: 'hello' },
  'mid ~1 KB': midMessage(),
  '100 rows': Array.from({ length: 100 }, (_, id) => ({
    id,
    name: `row ${id}`,
    ok: id % 2 === 0,
  })),
  'array of 100k doubles': Array.from({ length: 100_000 }, Math.random),
  'rich, cyclic': richValue(),
  'string of 10 MB': 'x'.repeat(10_000_000),
  'Buffer of 10 MB': Buffer.alloc(10_000_000, 1),
  'Float64Array of 100k': Float64Array.from({ length: 100_000 }, Math.random),
};
const notJson = /rich|Buffer|Float64Array/;

function midMessage() {
  return {
    id: 'b0c1d2e3-0001',
    time: 1_700_000_000_123,
    user: { id: 42, name: 'Jane Example', email: 'jane@example.org', age: 41 },
    tags: ['alpha', 'beta', 'gamma', 'delta'],
    scores: [1, 2, 3, 4.5, 5.25, 6, 7, 8, 9, 10],
    items: Array.from({ length: 8 }, (_, i) => ({
      sku: `SKU-${1000 + i}`,
      price: 9.99 + i,
      count: i,
      note: 'some words about it',
    })),
    active: true,
    parent: null,
  };
}

function richValue() {
  const value = {
    date: new Date(0),
    map: new Map([['a', { x: 1 }]]),
    set: new Set([1, 'two']),
    big: 2n ** 70n,
    regexp: /a+/g,
    bytes: new Uint8Array(32),
    error: new Error('failed', { cause: 'reason' }),
    list: [1, undefined, null, -0],
  };
  value.self = value;
  value.map.set('self', value);
  return value;
}

function candidates(name, value) {
  const packr = /rich|Float64/.test(name) ? full : plain;
  const json = !notJson.test(name);
  const bytes = {
    ours: Buffer.from(encode(value)),
    v8: v8.serialize(value),
    msgpackr: Buffer.from(packr.pack(value)),
  };
  const text = json ? JSON.stringify(value) : '';
  return [
    {
      ours: () => encode(value),
      v8: () => v8.serialize(value),
      JSON: json ? () => JSON.stringify(value) : null,
      msgpackr: () => packr.pack(value),
    },
    {
      ours: () => decode(bytes.ours),
      v8: () => v8.deserialize(bytes.v8),
      JSON: json ? () => JSON.parse(text) : null,
      msgpackr: () => packr.unpack(bytes.msgpackr),
    },
  ];
}

const filter = process.argv[2] ?? '';
const results = [];
for (const [name, value] of Object.entries(tasks)) {
  if (!name.includes(filter)) continue;
  const [encoding, decoding] = candidates(name, value);
  results.push([`encode ${name}`, measure(encoding)]);
  results.push([`decode ${name}`, measure(decoding)]);
}
printTable(results);
console.log('Median (min..max), and its ratio to ours; above 1 ours is faster.');
