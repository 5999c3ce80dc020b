/**
 * The process classes of this package, by name. A child that shares no memory with its parent has them
 * already; to refer to an export of the package would have it load what users import.
 */
const names = new Map<Function, string>();

export function registerOwnClass(name: string, cls: Function): void {
  names.set(cls, name);
}

/** The name of a class of this package; any other class as it is. */
export function describeClass(cls: Function): string | Function {
  return names.get(cls) ?? cls;
}

/** Undoes `describeClass`. */
export function classOf(described: string | Function): Function {
  if (typeof described === 'function') return described;
  const [cls] = [...names].find(([, name]) => name === described)!;
  return cls;
}
