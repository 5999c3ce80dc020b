/** What a dict may be made of: entries, such as those of a Map, or the properties of an object. */
export type Entries<K = unknown, V = unknown> = Iterable<readonly [K, V]> | Record<string, V>;

/** The same, as it can travel: an iterator, or a class that is iterable, is read here. */
export function readEntries(entries: unknown): unknown {
  if (typeof entries !== 'object' || entries === null) return entries;
  const travels = entries instanceof Map || Array.isArray(entries) || !(Symbol.iterator in entries);
  return travels ? entries : [...(entries as Iterable<unknown>)];
}
