/**
 * Symbols: registered ones by key, well-known ones by name. Any other becomes one new symbol per
 * payload, the same wherever it occurs in it.
 */
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { readString, writeString } from './strings.js';
import { Tag } from './tags.js';

const wellKnown = new Map<string, symbol>();
const wellKnownNames = new Map<symbol, string>();
for (const name of Object.getOwnPropertyNames(Symbol)) {
  const symbol: unknown = Symbol[name as keyof typeof Symbol];
  if (typeof symbol === 'symbol') {
    wellKnown.set(name, symbol);
    wellKnownNames.set(symbol, name);
  }
}

export function writeSymbol(out: PayloadWriter, symbol: symbol): void {
  const key = Symbol.keyFor(symbol);
  const name = wellKnownNames.get(symbol);
  if (key !== undefined) {
    out.byte(Tag.SYMBOL_REGISTERED);
    writeString(out, key);
  } else if (name !== undefined) {
    out.byte(Tag.SYMBOL_WELL_KNOWN);
    writeString(out, name);
  } else {
    writeFresh(out, symbol);
  }
}

function writeFresh(out: PayloadWriter, symbol: symbol): void {
  out.symbols ??= new Map();
  const number = out.symbols.get(symbol);
  if (number !== undefined) {
    out.byte(Tag.SYMBOL_AGAIN);
    out.unsigned(number);
    return;
  }
  out.symbols.set(symbol, out.symbols.size);
  out.byte(Tag.SYMBOL_FRESH);
  out.value(symbol.description);
}

export function readRegistered(input: PayloadReader): symbol {
  return Symbol.for(readString(input));
}

export function readWellKnown(input: PayloadReader): symbol {
  const name = readString(input);
  const symbol = wellKnown.get(name);
  if (symbol === undefined) throw malformed(`no symbol Symbol.${name} here`);
  return symbol;
}

export function readFresh(input: PayloadReader): symbol {
  const description = input.peek() === Tag.UNDEFINED ? input.value() : readString(input);
  const symbol = Symbol(description as string | undefined);
  input.symbols.push(symbol);
  return symbol;
}

export function readAgain(input: PayloadReader): symbol {
  const symbol = input.symbols[input.unsigned()];
  if (symbol === undefined) throw malformed('an unknown symbol');
  return symbol;
}
