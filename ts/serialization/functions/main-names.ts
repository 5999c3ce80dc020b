/**
 * What functions and variables are called at the top level of the main module, on the sending side.
 * The receiver has imported the module, and takes its own of that name.
 */
import type { CodeFacts } from './code-facts.js';
import { type FunctionView, type Scope, viewFunction } from './inspector-session.js';
import { isImportedMain } from './main-module.js';
import { mainScope, noteMainFunction } from './main-scope.js';
import { type MainText, MODULE_PARAMETERS, mainText } from './main-text.js';
import { readVariable } from './variable-contexts.js';

/** Null: it is inside of another function, or of no module that is imported. */
const names = new WeakMap<Function, string | null>();

/** The name that was found before, for which V8 need not be asked where the function stands. */
export function knownMainName(fn: Function): string | undefined {
  return names.get(fn) ?? undefined;
}

/** The top-level name that has the function as its value. */
export function mainNameOf(fn: Function, facts: CodeFacts, view: FunctionView): string | undefined {
  if (!isImportedMain(facts.code.file)) return undefined;
  let name = names.get(fn);
  if (name === undefined) {
    name = nameOfValue(fn, facts, view) ?? declaredName(facts, view) ?? null;
    names.set(fn, name);
    if (name !== null) noteMainFunction(name, fn);
  }
  return name ?? undefined;
}

/**
 * Those of the variables that a function uses which are of the top level.
 * @param places - The scope of each.
 */
export function mainVariables(
  places: ReadonlyMap<string, Scope>,
  facts: CodeFacts,
  view: FunctionView,
): string[] {
  if (!isImportedMain(facts.code.file)) return [];
  const top = topLevelScopes(facts, view);
  const found = [...places].filter(
    ([name, scope]) => top.includes(scope) && isTopLevel(name, scope, facts, view),
  );
  return found.map(([name]) => name);
}

function isTopLevel(name: string, scope: Scope, facts: CodeFacts, view: FunctionView): boolean {
  return (
    scope.description === 'Module' ||
    MODULE_PARAMETERS.includes(name) ||
    textFor(facts, view).declares(name)
  );
}

/** Whether the scope is the module's, as far as can be seen without its text. */
export function isOutermost(scope: Scope, { scopes }: FunctionView): boolean {
  const outermost = scopes.findLast(({ description }) => /^(?:Module|Closure)\b/.test(description));
  return scope === outermost && !scope.description.startsWith('Closure (');
}

/**
 * V8 shows the variables of a CommonJS module as those of a function without a name, which it is.
 * Others look the same, but that they are around everything goes for the outermost one only.
 */
function topLevelScopes(facts: CodeFacts, view: FunctionView): Scope[] {
  const module = view.scopes.find(({ description }) => description === 'Module');
  if (module !== undefined) return [module];
  const closures = view.scopes.filter(({ description }) => description.startsWith('Closure'));
  const outermost = closures.slice(-1);
  const isWrapper = outermost.some(({ object }) => hasOnlyParameters(object));
  const found = isWrapper && textFor(facts, view).isWrapped ? closures.slice(-2) : outermost;
  return found.filter(({ description }) => description === 'Closure');
}

function hasOnlyParameters(variables: object): boolean {
  return Object.keys(variables).every(
    (name) => MODULE_PARAMETERS.includes(name) || name === 'arguments',
  );
}

/** Found by identity: certain, but V8 knows only those that some function uses, and exports. */
function nameOfValue(fn: Function, facts: CodeFacts, view: FunctionView): string | undefined {
  for (const scope of topLevelScopes(facts, view)) {
    const found = Object.keys(scope.object).find(
      (name) => readVariable(scope.object, name) === fn && isTopLevel(name, scope, facts, view),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Found in the text: the declaration whose code the function is, of a name that keeps its value. */
function declaredName(facts: CodeFacts, view: FunctionView): string | undefined {
  if (!isOwnCode(view)) return undefined;
  const text = textFor(facts, view);
  const at = text.offsetOf(sampleOf(facts));
  if (at < 0) return undefined;
  const before = text.text.slice(Math.max(0, at - MAX_HEAD), at);
  if (/\bexport\s+default\s*\(*\s*$/.test(before) && !OWN_NAME.test(facts.original))
    return 'default';
  const found = candidates(facts.original, before, at).find(
    (place) => text.isDeclaredAt(place.name, place.at) && isConstant(place, text),
  );
  const isOther = topLevelScopes(facts, view).some(({ object }) =>
    Object.hasOwn(object, found?.name ?? ''),
  );
  return isOther ? undefined : found?.name;
}

interface NamePlace {
  readonly name: string;
  readonly at: number;
}

const MAX_HEAD = 500;
const OWN_NAME =
  /^((?:async\s+)?(?:function\b\s*\*?|class\b)\s*)(?!extends\b)([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;
/** tsx puts `__name(` before what it gives a name. */
const INITIALIZED =
  /([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=\s*(?:\/\*[^*]*\*\/\s*)?(?:__name\()?\(*\s*$/u;

/** What the code may be called: `name = CODE`, and the name in the code itself. */
function candidates(code: string, before: string, at: number): NamePlace[] {
  const found: NamePlace[] = [];
  const initialized = INITIALIZED.exec(before);
  if (initialized !== null)
    found.push({ name: initialized[1]!, at: at - before.length + initialized.index });
  const own = OWN_NAME.exec(code);
  if (own !== null) found.push({ name: own[2]!, at: at + own[1]!.length });
  return found;
}

/** Nothing else is assigned to the name anywhere. */
function isConstant({ name, at }: NamePlace, { text }: MainText): boolean {
  const rest = `${text.slice(0, at)} ${text.slice(at + name.length)}`;
  const escaped = name.replaceAll('$', '\\$');
  return !new RegExp(`(?<![\\w$.])${escaped}\\s*=(?![=>])`).test(rest);
}

/** Whether the code stands in the module itself, not in a copy of it that came from elsewhere. */
function isOwnCode(view: FunctionView): boolean {
  return view.location?.scriptId === (scriptIdOfImported() ?? view.location?.scriptId);
}

function textFor(facts: CodeFacts, view: FunctionView): MainText {
  const scriptId = scriptIdOfImported() ?? view.location!.scriptId;
  const isModule = view.scopes.some(({ description }) => description === 'Module');
  const sample = isOwnCode(view) ? sampleOf(facts) : undefined;
  return mainText(facts.code.file, scriptId, isModule, sample);
}

function sampleOf({ original, code: { line, column } }: CodeFacts) {
  return { text: original, line, column };
}

function scriptIdOfImported(): string | undefined {
  const evaluate = mainScope()?.evaluate;
  return evaluate && viewFunction(evaluate).location?.scriptId;
}
