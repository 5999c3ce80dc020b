/** Structures lie in memory as those of CPython's ctypes. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Structure } from '../../ts/sharedctypes/structure.js';
import type { SharedType, StructureFields } from '../../ts/sharedctypes/type-specs.js';
import { ORIGIN, type View } from '../../ts/sharedctypes/views.js';
import { findPythons } from '../helpers/pythons.js';

const program = path.resolve(import.meta.dirname, '../fixtures/python/structures.py');

const codes = ['b', 'B', 'h', 'H', 'i', 'I', 'l', 'L', 'q', 'Q', 'f', 'd', 'c', 'u'] as const;
type Code = (typeof codes)[number];
type Spec = Code | readonly [Spec, number] | { readonly fields: Fields };
type Fields = readonly (readonly [name: string, Spec])[];

const { fields: fieldsOf } = fc.letrec<{ fields: Fields; spec: Spec }>((tie) => ({
  fields: fc
    .array(tie('spec') as fc.Arbitrary<Spec>, { minLength: 1, maxLength: 6 })
    .map((specs) => specs.map((spec, i) => [`f${i}`, spec] as const)),
  spec: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.constantFrom(...codes),
    fc.tuple(tie('spec') as fc.Arbitrary<Spec>, fc.integer({ min: 1, max: 3 })),
    fc.record({ fields: tie('fields') as fc.Arbitrary<Fields> }),
  ),
}));

function toType(spec: Spec): SharedType {
  if (typeof spec === 'string') return spec;
  if ('fields' in spec) return toStructure(spec.fields);
  return [toType(spec[0]), spec[1]];
}

function toStructure(fields: Fields) {
  const types = fields.map(([name, spec]) => [name, toType(spec)]);
  return Structure(Object.fromEntries(types) as StructureFields);
}

let count = 0;

/** A value that is not like those before. */
function sample(spec: Spec): unknown {
  if (typeof spec !== 'string') {
    if ('fields' in spec) return spec.fields.map(([, each]) => sample(each));
    const [element, length] = spec;
    const elements = Array.from({ length }, () => sample(element));
    return element === 'c' || element === 'u' ? elements.join('') : elements;
  }
  const number = ++count % 100;
  if (spec === 'c' || spec === 'u') return String.fromCharCode(65 + (number % 26));
  return 'lLqQ'.includes(spec) ? BigInt(number) : number;
}

/** As the program prints it. */
function asText(value: unknown, spec: Spec): unknown {
  if (typeof spec === 'string') {
    return 'fd'.includes(spec) ? `${String(value)}.0` : String(value);
  }
  const parts = value as readonly unknown[];
  if ('fields' in spec) {
    const texts = spec.fields.map(([name, each], i) => [name, asText(parts[i], each)]);
    return Object.fromEntries(texts);
  }
  const [element] = spec;
  if (element === 'c' || element === 'u') return parts;
  return parts.map((part) => asText(part, element));
}

function bytesOf(object: object): string {
  const { type, place } = (object as View)[ORIGIN]();
  return Buffer.from(place.memory.buffer, place.start, type.size).toString('hex');
}

const cases = fc.sample(fieldsOf, { numRuns: 300, seed: 4 }).map((fields) => {
  const cls = toStructure(fields);
  const values = sample({ fields }) as never;
  return { fields, cls, values, bytes: bytesOf(new cls(values)) };
});

const pythons = findPythons(8);

describe.skipIf(pythons.length === 0)('Structures', () => {
  it.each(pythons)('lie in memory as those of CPython $version', ({ command }) => {
    const input = JSON.stringify(cases.map(({ fields, bytes }) => [fields, bytes]));
    const { stdout, stderr } = spawnSync(command, [program], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    const ours = cases.map(({ fields, cls, values }) => [
      cls.byteLength,
      cls.byteOffsets,
      asText(values, { fields }),
    ]);
    expect(ours).toEqual(JSON.parse(stdout));
  });
});
