/** A function by value: its code, and what the code uses from around it. */
import type { ReducedFunction } from '../function-codec.js';
import { referenceTo, usedMembers } from './captured-values.js';
import { type CodeFacts, hasVariable } from './code-facts.js';
import { nameOf } from './descriptions.js';
import { uidOf } from './function-uids.js';
import type { CodeHead, SharedContext, VariableSource } from './heads.js';
import type { FunctionView, Scope } from './inspector-session.js';
import { importedMain, isMainModule } from './main-module.js';
import { isOutermost, mainVariables } from './main-names.js';
import { collectProperties, parentConstructor } from './own-properties.js';
import type { PayloadState } from './payload-state.js';
import { ADVICE_ON_MAIN, refuseOuterThis } from './refusals.js';
import { SlotList } from './slot-list.js';
import { readVariable } from './variable-contexts.js';

export function reduceCode(
  fn: Function,
  facts: CodeFacts,
  view: FunctionView | undefined,
  state: PayloadState,
): ReducedFunction {
  const { code, description } = facts;
  const scopes = view?.scopes ?? [];
  const list = new SlotList();
  const places = placesOf(code.free, scopes);
  const ofMain = takeMainVariables(places, facts, view);
  const shared = sharedContexts(fn, facts, scopes, places, state, list);
  const isKnown = state.codes.has(code.id) || state.peer?.knows(code.id) === true;
  state.codes.add(code.id);
  const head: CodeHead = {
    kind: 'code',
    uid: uidOf(fn),
    code: isKnown ? code.id : code,
    keep: state.peer !== undefined,
    name: nameOf(fn),
    variables: code.free.map((name) => {
      if (ofMain.has(name)) return 'main';
      if (isShared(name, shared) && places.has(name)) return 'shared';
      return sourceOf(name, places.get(name), facts, list);
    }),
    shared,
    heritage: heritageSlot(fn, facts, list),
    self: code.outerThis.length > 0 ? list.add(ownerOf(fn, facts, state), 'this') : -1,
    args: argumentsSlot(facts, scopes, list),
    parent: parentSlot(fn, facts, list),
    properties: collectProperties(fn, code.form === 'class', description, list),
  };
  if (places.size === 0) return list.reduced(head, description);
  return list.reduced(head, description, (slot) => {
    const place = places.get(code.free[head.variables.indexOf(slot)] ?? '');
    return view && place && isOutermost(place, view) ? adviceOnModule(code.file) : undefined;
  });
}

function adviceOnModule(file: string): string | undefined {
  return isMainModule(file) && importedMain() === undefined ? ADVICE_ON_MAIN : undefined;
}

/** Where each free name lives: the innermost scope that has it. */
function placesOf(names: readonly string[], scopes: readonly Scope[]): Map<string, Scope> {
  const places = new Map<string, Scope>();
  for (const scope of scopes) {
    for (const name of names) {
      if (!places.has(name) && hasVariable(scope, name)) places.set(name, scope);
    }
  }
  return places;
}

const NONE: ReadonlySet<string> = new Set();

/** Variables of which the receiver has its own: they are taken out of `places`. */
function takeMainVariables(
  places: Map<string, Scope>,
  facts: CodeFacts,
  view: FunctionView | undefined,
): ReadonlySet<string> {
  if (view === undefined || places.size === 0 || importedMain() === undefined) return NONE;
  const taken = new Set(mainVariables(places, facts, view));
  // The parent class has a slot of its own.
  if (facts.heritage !== undefined) taken.delete(facts.heritage);
  for (const name of taken) places.delete(name);
  return taken;
}

function sourceOf(
  name: string,
  scope: Scope | undefined,
  facts: CodeFacts,
  list: SlotList,
): VariableSource {
  if (name === facts.heritage) return 'heritage';
  if (name === facts.meta) return { kind: 'meta', file: facts.code.file };
  const value = scope && readVariable(scope.object, name);
  const reference = referenceTo(name, value, facts);
  if (reference !== undefined) return reference;
  const label = `variable '${name}'`;
  if (!facts.words.has(name) && !isPlain(value)) return list.add(undefined, label);
  return list.add(usedMembers(name, value, facts.code.text), label);
}

/** What `eval` might want but the text does not name goes along only where that costs nothing. */
function isPlain(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function';
}

function isShared(name: string, shared: readonly SharedContext[]): boolean {
  return shared.some(({ names }) => names.includes(name));
}

/** The contexts around the function in which something is shared, innermost first. */
function sharedContexts(
  fn: Function,
  facts: CodeFacts,
  scopes: readonly Scope[],
  places: ReadonlyMap<string, Scope>,
  { contexts }: PayloadState,
  list: SlotList,
): SharedContext[] {
  if (places.size === 0) return [];
  const around = contexts.contextsOf(fn, facts, scopes, places);
  return around.flatMap(({ id, shared, travelling }, at) => {
    if (shared.length === 0) return [];
    for (const name of shared) {
      if (!Object.hasOwn(travelling, name))
        travelling[name] = readVariable(scopes[at]!.object, name);
    }
    const slot = list.add(travelling, 'shared variables');
    return [{ id, names: shared, slot }];
  });
}

function heritageSlot(fn: Function, { heritage }: CodeFacts, list: SlotList): CodeHead['heritage'] {
  if (heritage === undefined) return null;
  const slot = list.add(Object.getPrototypeOf(fn), 'parent class');
  return { variable: heritage, slot };
}

function ownerOf(fn: Function, facts: CodeFacts, state: PayloadState): object {
  const owner = state.owners.get(fn);
  if (owner === undefined) throw refuseOuterThis(facts.description);
  return owner;
}

function argumentsSlot({ code }: CodeFacts, scopes: readonly Scope[], list: SlotList): number {
  if (!code.outerArguments) return -1;
  const place = placesOf(['arguments'], scopes).get('arguments');
  const values = place && readVariable(place.object, 'arguments');
  return list.add(
    Array.from((values ?? []) as ArrayLike<unknown>),
    'arguments of the function around it',
  );
}

function parentSlot(fn: Function, { code }: CodeFacts, list: SlotList): number {
  const parent = code.form === 'class' ? undefined : parentConstructor(fn);
  return parent === undefined ? -1 : list.add(parent, 'parent constructor');
}
