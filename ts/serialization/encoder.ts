/** Writes any value: the choice by its type. */
import { types } from 'node:util';
import { extraKeys, writeArray } from './arrays.js';
import type { PickleContext } from './contexts.js';
import { currentFunctionCodec, writeFunction } from './functions.js';
import { kindOfPrototype, writeWithExtras } from './kinds.js';
import { writeBigInt, writeNumber } from './numbers.js';
import { writeOther, writePlain, writeProxy } from './others.js';
import { PayloadWriter } from './payload-writer.js';
import { writeReducedObject } from './reduced.js';
import { assignedReducer } from './reducers.js';
import { writeString } from './strings.js';
import { writeSymbol } from './symbols.js';
import { Tag } from './tags.js';

const arrayKind = kindOfPrototype(Array.prototype)!;

export class Encoder extends PayloadWriter {
  override mustRepeat(context: PickleContext): boolean {
    return currentFunctionCodec()?.encoded?.(context) === 'again';
  }

  override value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        writeNumber(this, value);
        break;
      case 'string':
        writeString(this, value);
        break;
      case 'object':
        if (value === null) this.byte(Tag.NULL);
        else this.#object(value);
        break;
      case 'boolean':
        this.byte(value ? Tag.TRUE : Tag.FALSE);
        break;
      case 'undefined':
        this.byte(Tag.UNDEFINED);
        break;
      default:
        this.#rare(value as bigint | symbol | Function);
    }
  }

  #rare(value: bigint | symbol | Function): void {
    if (typeof value === 'bigint') writeBigInt(this, value);
    else if (typeof value === 'symbol') writeSymbol(this, value);
    else this.#function(value);
  }

  #function(fn: Function): void {
    const assigned = assignedReducer(fn);
    if (assigned === undefined) writeFunction(this, fn);
    else if (!this.reference(fn)) writeReducedObject(this, fn, assigned, assigned.Class);
  }

  #object(object: object): void {
    if (this.reference(object)) return;
    // Before anything else, since to look at a Proxy is to run its traps.
    const proxy = types.isProxy(object);
    const prototype: unknown = proxy ? null : Object.getPrototypeOf(object);
    if (proxy) writeProxy(this, object);
    else if (prototype === Object.prototype) writePlain(this, object);
    else if (prototype === Array.prototype && Array.isArray(object)) this.#array(object);
    else writeOther(this, object);
  }

  #array(array: unknown[]): void {
    if (extraKeys(array).length === 0 && !hasSymbols(array)) {
      writeArray(this, array);
    } else {
      writeWithExtras(this, array, arrayKind, writeArray);
    }
  }
}

function hasSymbols(object: object): boolean {
  return Object.getOwnPropertySymbols(object).length > 0;
}
