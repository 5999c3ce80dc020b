/**
 * The text of the main module. V8 is the parser here, too: it complains about a second declaration of
 * a top-level name, and says of which. Nothing of the text is run.
 */
import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { pathOf } from './descriptions.js';
import { quietly } from './module-loading.js';
import { scriptSource } from './script-urls.js';
import { unusedWord } from './source-probe.js';

/** Names that a CommonJS module has without declaring them. */
export const MODULE_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/** What tsx puts around a CommonJS module. */
const WRAPPER =
  /^(__filename="(?:[^"\\]|\\.)*";\(\(\)=>\{)([\s\S]*)(\}\)\(\)\s*(?:\/\/# sourceMappingURL=\S*\s*)?)$/;

/** The text in three parts: top-level names are to be had at the end of the second. */
export function partsOfText(text: string): readonly [head: string, body: string, tail: string] {
  const [, head, body, tail] = WRAPPER.exec(text) ?? [];
  return head === undefined ? ['', text, ''] : [head, body!, tail!];
}

/** Some code of a module, and where it stands, from zero. */
interface Sample {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A module as V8 runs it here, which need not be what its file says. */
export class MainText {
  /** Of the same length as the whole. */
  readonly text: string;
  readonly isWrapped: boolean;
  readonly #isModule: boolean;
  readonly #declared = new Map<string, boolean>();

  constructor(whole: string, isModule: boolean) {
    const [head, body, tail] = partsOfText(whole);
    this.text = `${blank(head)}${body}${blank(tail)}`;
    this.isWrapped = head !== '';
    this.#isModule = isModule;
  }

  /** Whether V8 can run this text, and finds the code in its place. */
  has(sample: Sample): boolean {
    return this.declares(TWICE) && this.offsetOf(sample) >= 0;
  }

  /** Where code stands in the text; -1 when it does not. */
  offsetOf({ text, line, column }: Sample): number {
    let start = 0;
    for (let left = line; left > 0; left--) {
      const end = this.text.indexOf('\n', start);
      if (end < 0) return -1;
      start = end + 1;
    }
    return this.text.startsWith(text, start + column) ? start + column : -1;
  }

  /** Whether a top-level declaration, or an import, has this name. */
  declares(name: string): boolean {
    let declared = this.#declared.get(name);
    if (declared === undefined) {
      declared = this.#complaint(this.text, name) === name;
      this.#declared.set(name, declared);
    }
    return declared;
  }

  /** Whether the word at this place is the one that declares a top-level name. */
  isDeclaredAt(name: string, at: number): boolean {
    if (!this.text.startsWith(name, at) || !this.declares(name)) return false;
    const other = unusedWord(this.text, name.length);
    const renamed = `${this.text.slice(0, at)}${other}${this.text.slice(at + name.length)}`;
    return this.#complaint(renamed, name) === TWICE;
  }

  /** The name that V8 finds to be declared twice: `name`, or else the one that really is. */
  #complaint(text: string, name: string): string | undefined {
    try {
      const probe = `${text}\n;let ${name};let ${TWICE};let ${TWICE}`;
      if (this.#isModule) compileModule(probe);
      else vm.compileFunction(probe, MODULE_PARAMETERS, { filename: 'mp:probe' });
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      return /^Identifier '(.+)' has already been declared$/.exec(message)?.[1];
    }
  }
}

const TWICE = 'mp$twice';

// A path that no module has: one that is loaded already would not be compiled.
const PROBE = path.resolve('/', 'mp-probe.mjs');

type Compile = (text: string, file: string, format: 'module') => void;

/** Throws always: the text must be one that does not compile, or it would be run. */
function compileModule(text: string): void {
  const module = new Module(PROBE) as unknown as { _compile: Compile };
  quietly(() => module._compile(text, PROBE, 'module'));
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

let latest: { file: string; text: MainText } | undefined;

/**
 * The text of the main module.
 * @param sample - Code of it, if there is some: a file on disk that has it in its place is what V8 runs.
 */
export function mainText(
  file: string,
  scriptId: string,
  isModule: boolean,
  sample?: Sample,
): MainText {
  if (latest === undefined || latest.file !== file) {
    const onDisk = sample && new MainText(readFileSync(pathOf(file), 'utf8'), isModule);
    // Otherwise a loader has changed it.
    const text = onDisk?.has(sample!) ? onDisk : new MainText(scriptSource(scriptId), isModule);
    latest = { file, text };
  }
  return latest.text;
}
