/** How proxies travel between processes. */
import { registerReducer } from '../serialization/pickle.js';
import { BaseProxy, type ProxyClass, referenceOf } from './base-proxy.js';
import { clientFor } from './clients.js';
import { nameOfProxyClass, proxyClassNamed } from './proxy-classes.js';
import { serverInThisProcess } from './server/running.js';
import type { TravellingToken } from './token.js';

registerReducer<BaseProxy, [TravellingToken, ProxyClass | undefined]>(
  BaseProxy,
  {
    reduce(proxy, context) {
      const Class = proxy.constructor as ProxyClass;
      const name = nameOfProxyClass(Class);
      const token = referenceOf(proxy).toToken(context);
      return [{ ...token, proxy: name }, name === undefined ? Class : undefined];
    },
    rebuild([token, Class]) {
      const server = serverInThisProcess(token.server);
      if (server !== undefined) return server.adopt(token);
      const client = clientFor(token);
      const { proxy, typeid, exposed } = token;
      const found =
        client.proxyTypes?.get(typeid) ?? proxyClassNamed(proxy, typeid, exposed) ?? Class;
      return new (found ?? BaseProxy)(client.hold(token));
    },
  },
  { name: 'BaseProxy' },
);
