import {
  invalidType,
  validateBoolean,
  validateFunction,
  validateOptions,
  validateString,
} from '../validate.js';
import type { ProxyClass } from './base-proxy.js';

/** How a type of objects is registered. */
export interface RegisterOptions {
  /**
   * The methods that proxies have. Default: those of the proxy class; without one, all methods of the object whose
   * names do not begin with `_`.
   */
  exposed?: readonly string[] | undefined;
  /** The class of the proxies. Default: one made of the exposed methods. */
  proxyType?: ProxyClass | undefined;
  /** Methods whose results stay in the server, as objects of these typeids, of which the caller gets proxies. */
  methodToTypeid?: Readonly<Record<string, string>> | undefined;
  /** Whether managers get a method of the name of the typeid. Default: true. */
  createMethod?: boolean | undefined;
}

/** What makes an object: a class, or a function that returns it, or a promise of it. */
export type Callable = Function;

/** What travels of a type to the server. */
export interface DescribedType {
  readonly typeid: string;
  readonly callable: Callable | undefined;
  readonly exposed: readonly string[] | undefined;
  readonly methodToTypeid: Readonly<Record<string, string>>;
  /** The class of the proxies, when it is one of the package's. */
  readonly proxy: string | undefined;
}

/** @throws TypeError */
export function validateRegistration(
  typeid: unknown,
  callable: unknown,
  options: RegisterOptions | undefined,
): { readonly description: DescribedType; readonly proxyType: ProxyClass | undefined } {
  validateString('typeid', typeid);
  if (callable !== undefined) validateFunction('callable', callable);
  const { exposed, proxyType, methodToTypeid = {}, createMethod = true } = validateOptions(options);
  if (proxyType !== undefined) validateFunction('options.proxyType', proxyType);
  if (exposed !== undefined) validateNames('options.exposed', exposed);
  validateTypeids(methodToTypeid);
  validateBoolean('options.createMethod', createMethod);
  return {
    proxyType,
    description: {
      typeid: typeid as string,
      callable: callable as Callable | undefined,
      exposed: exposed ?? proxyType?.exposed,
      methodToTypeid,
      proxy: undefined,
    },
  };
}

function validateNames(name: string, names: unknown): void {
  const areNames = Array.isArray(names) && names.every((it) => typeof it === 'string');
  if (!areNames) throw invalidType(name, 'an array of strings', names);
}

function validateTypeids(methodToTypeid: unknown): void {
  const isObject = typeof methodToTypeid === 'object' && methodToTypeid !== null;
  const areTypeids =
    isObject && Object.values(methodToTypeid).every((it) => typeof it === 'string');
  if (areTypeids) return;
  throw invalidType('options.methodToTypeid', 'an object of typeids, by method', methodToTypeid);
}
