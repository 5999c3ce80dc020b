/**
 * Whether any of Node's modules whose names match may be loaded. What would have to be asked about does
 * not exist otherwise; and to ask would load it, which takes milliseconds.
 * @param names - To match, for example, `NativeModule net`, `Internal Binding crypto`.
 */
export function mayBeLoaded(names: RegExp): boolean {
  // Undocumented, but the same in Node 20 to 26; where it is gone, everything may be loaded.
  const { moduleLoadList } = process as unknown as { moduleLoadList?: readonly string[] };
  return moduleLoadList?.some((name) => names.test(name)) ?? true;
}
