/** Objects that hold no other values: Date, RegExp, boxed primitives, URLs. */
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { readString, writeString } from './strings.js';
import { Tag } from './tags.js';

/** Makes a builtin object, or one of a subclass without running the subclass's constructor. */
export function build<T extends object>(
  Base: new (...args: never[]) => T,
  args: unknown[],
  target: Function | undefined,
): T {
  return Reflect.construct(Base, args, target ?? Base) as T;
}

export function writeDate(out: PayloadWriter, date: Date): void {
  out.remember(date);
  out.byte(Tag.DATE);
  out.float64(Date.prototype.getTime.call(date));
}

export function readDate(input: PayloadReader): Date {
  const target = input.takeTarget();
  const date = build(Date, [input.float64()], target);
  input.remember(date);
  return date;
}

export function writeRegExp(out: PayloadWriter, regexp: RegExp): void {
  out.remember(regexp);
  out.byte(Tag.REGEXP);
  writeString(out, regexp.source);
  writeString(out, regexp.flags);
  const { lastIndex } = regexp;
  out.float64(typeof lastIndex === 'number' ? lastIndex : 0);
}

export function readRegExp(input: PayloadReader): RegExp {
  const target = input.takeTarget();
  const regexp = build(RegExp, [readString(input), readString(input)], target);
  const lastIndex = input.float64();
  if (lastIndex !== 0) regexp.lastIndex = lastIndex;
  input.remember(regexp);
  return regexp;
}

/** Which primitive a boxed one holds; whatever its own `valueOf` says. */
export function unbox(object: object): unknown {
  const tag = Object.prototype.toString.call(object);
  for (const { prototype } of [Number, String, Boolean, Symbol, BigInt]) {
    try {
      return (prototype.valueOf as () => unknown).call(object);
    } catch {
      // Not of this class.
    }
  }
  throw new TypeError(`Expected a boxed primitive, received ${tag}`);
}

export function writeBoxed(out: PayloadWriter, object: object): void {
  out.remember(object);
  out.byte(Tag.BOXED);
  out.value(unbox(object));
}

export function readBoxed(input: PayloadReader): object {
  const target = input.takeTarget();
  // A boxed box would nest without end.
  if (input.peek() === Tag.BOXED) throw malformed('expected a primitive');
  const primitive = input.inner();
  if (isNoPrimitive(primitive)) throw malformed('expected a primitive');
  const object =
    target === undefined
      ? Object(primitive)
      : build(Object(primitive).constructor, [primitive], target);
  input.remember(object);
  return object;
}

function isNoPrimitive(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    typeof value === 'object' ||
    typeof value === 'function'
  );
}

export function writeUrl(out: PayloadWriter, url: URL): void {
  out.remember(url);
  out.byte(Tag.URL);
  writeString(out, url.href);
}

export function readUrl(input: PayloadReader): URL {
  const target = input.takeTarget();
  const url = build(URL, [readString(input)], target);
  input.remember(url);
  return url;
}

export function writeSearchParams(out: PayloadWriter, params: URLSearchParams): void {
  out.remember(params);
  out.byte(Tag.URL_SEARCH_PARAMS);
  writeString(out, URLSearchParams.prototype.toString.call(params));
}

export function readSearchParams(input: PayloadReader): URLSearchParams {
  const target = input.takeTarget();
  const params = build(URLSearchParams, [readString(input)], target);
  input.remember(params);
  return params;
}
