/**
 * Which file a script of V8 came from. Frames of the current stack tell it at no cost and cover the
 * usual program, where the function stands in the file that sends it. Failing that, the debugger is
 * switched on for a moment: it lists all scripts, but slows every `await` down while it is on.
 */
import type inspector from 'node:inspector';
import util from 'node:util';
import { inspectorSession, post } from './inspector-session.js';

const urls = new Map<string, string>();

/** The script's URL or path; empty for code without a file. */
export function scriptUrl(scriptId: string): string {
  if (!urls.has(scriptId)) readStack();
  if (!urls.has(scriptId)) readAllScripts();
  // In worker threads of Node 26 the debugger does not list some scripts of Node itself.
  if (!urls.has(scriptId)) urls.set(scriptId, 'node:unlisted');
  return urls.get(scriptId)!;
}

/** Whether a script of this URL is loaded here. */
export function isLoadedScript(url: string): boolean {
  const isKnown = () => [...urls.values()].includes(url);
  if (isKnown()) return true;
  readAllScripts();
  return isKnown();
}

interface CallSite {
  scriptId: string;
  scriptName: string;
}

function readStack(): void {
  // Since Node 22.9, and with script ids since 22.12.
  const getCallSites = (util as { getCallSites?: (count: number) => CallSite[] }).getCallSites;
  const sites = getCallSites?.(200);
  if (sites?.[0]?.scriptId === undefined) {
    readStackOfError();
    return;
  }
  // The name does not show a `sourceURL`, which is what code has that came from another process.
  for (const { scriptId, scriptName } of sites)
    if (scriptName !== '') urls.set(scriptId, scriptName);
}

function readStackOfError(): void {
  const limit = Error.stackTraceLimit;
  post('Runtime.enable');
  try {
    Error.stackTraceLimit = 200;
    const expression = 'new Error()';
    const { exceptionDetails } = detailsOf(expression);
    for (const frame of exceptionDetails?.stackTrace?.callFrames ?? [])
      urls.set(frame.scriptId, frame.url);
  } finally {
    Error.stackTraceLimit = limit;
    post('Runtime.disable');
    post('Runtime.releaseObjectGroup', { objectGroup: 'mp-error' });
  }
}

/** Evaluated inside our own stack, so that the error's frames are those of the caller. */
function detailsOf(expression: string): {
  exceptionDetails?: inspector.Runtime.ExceptionDetails;
} {
  const { result } = post<inspector.Runtime.EvaluateReturnType>('Runtime.evaluate', {
    expression,
    objectGroup: 'mp-error',
  });
  return post('Runtime.getExceptionDetails', {
    errorObjectId: result.objectId,
  });
}

/** The text that V8 runs. */
export function scriptSource(scriptId: string): string {
  post('Debugger.enable');
  try {
    return post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId }).scriptSource;
  } finally {
    post('Debugger.disable');
  }
}

function readAllScripts(): void {
  const session = inspectorSession();
  const note = ({
    params,
  }: inspector.InspectorNotification<inspector.Debugger.ScriptParsedEventDataType>) =>
    urls.set(params.scriptId, params.url);
  session.on('Debugger.scriptParsed', note);
  try {
    post('Debugger.enable');
  } finally {
    post('Debugger.disable');
    session.off('Debugger.scriptParsed', note);
  }
}
