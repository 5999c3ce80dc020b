import module from 'node:module';
import { ForkUnsupportedError } from '../../errors.js';
import { privateObject, variablesAround } from './inspect-scopes.js';

type LoaderHooks = Record<string, unknown>;

/**
 * What stands for the thread on which the hooks of `module.register()` and `--loader` run; undefined when
 * there are none. Such a thread does not come along over a fork.
 */
export function findLoaderThread(): object | undefined {
  const { cascadedLoader } = variablesAround(module.register);
  if (typeof cascadedLoader !== 'object' || cascadedLoader === null) return undefined;
  // The one in Node 20 and 22, the other in 24 and 26.
  return privateObject(cascadedLoader, /^#(customizations|asyncLoaderHooks)$/);
}

/** Child side. An import would wait for ever for a thread that is not there. */
export function silenceLoaderThread(thread: object | undefined): void {
  if (thread === undefined) return;
  const hooks = thread as LoaderHooks;
  for (const name of ['resolve', 'resolveSync', 'load', 'loadSync', 'register']) {
    if (typeof hooks[name] === 'function') hooks[name] = refuse;
  }
}

function refuse(specifier: unknown): never {
  throw new ForkUnsupportedError(
    `Cannot load ${specifier} in a forked process: its parent uses module.register() or --loader, whose ` +
      'hooks run on a thread that a fork leaves behind. Load it before the fork, use ' +
      'module.registerHooks(), or the start method spawn',
  );
}
